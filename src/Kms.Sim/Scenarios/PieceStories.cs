using Kms.Sim.Pieces;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>Parts of the node on their own, where it matters what happens between two statements: many schedules a second.</summary>
internal static class PieceStories
{
    private const int PartTurns = 300;
    private const int WholeNodeTurns = 10;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Piece("Writers_count_together_in_one_store", StorePieces.CountTogetherAsync),
        Piece("Two_stores_merge_while_both_are_written", StorePieces.MergeBothWaysAsync),
        Piece("Readers_see_what_was_written_while_others_overwrite", StorePieces.ReadWhatWasWrittenAsync),
        Piece("Many_callers_want_one_nonce", NoncePieces.ConsumeTogetherAsync),
        Piece("A_secret_is_replaced_while_callers_derive", SecretPieces.ReplaceWhileDerivingAsync),
        Piece("A_secret_is_quarantined_while_callers_seal", SecretPieces.QuarantineWhileSealingAsync),
        Piece("Several_bring_the_same_secret", SecretPieces.InstallTogetherAsync),
        Piece("The_head_moves_while_authority_is_read", RegistryPieces.FlipWhileReadingAsync),
        Piece("Callers_share_one_run_and_its_leader_may_fail", FlightPieces.ShareAsync),
        Piece("Replicas_push_while_both_are_written", ReplicationPieces.PushAndWriteAsync),
        Piece("A_quorum_write_is_where_it_says", ReplicationPieces.QuorumAsync),
        Piece("Handovers_are_taken_by_several_at_once", LimitPieces.TakeTogetherAsync),
        Piece("Security_events_are_recorded_by_several_at_once", LimitPieces.RecordTogetherAsync),
        Piece("A_node_is_stopped_twice_while_it_serves", NodePieces.StopWhileServingAsync) with { SprintTurns = WholeNodeTurns },
    ];

    /// <summary>A part on its own, as a scenario.</summary>
    public static Scenario Piece(string name, Func<PieceRun, Task> body) =>
        new(name, _ => new WorldOptions { Nodes = 1, Apps = 0, WorkloadMs = 0 }, TimeSpan.FromMinutes(10), (_, _) => [], [])
        {
            UnderMarathon = false,
            UnderSprint = true,
            Piece = body,
            SprintTurns = PartTurns,
        };
}
