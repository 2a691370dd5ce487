using Kms.Sim.Components;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>Parts of the node on their own, where it matters what happens between two statements: many schedules a second.</summary>
internal static class ComponentScenarios
{
    private const int PartTurns = 300;
    private const int WholeNodeTurns = 10;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Component("Writers_count_together_in_one_store", StoreComponents.CountTogetherAsync),
        Component("Two_stores_merge_while_both_are_written", StoreComponents.MergeBothWaysAsync),
        Component("Readers_see_what_was_written_while_others_overwrite", StoreComponents.ReadWhatWasWrittenAsync),
        Component("Many_callers_want_one_nonce", NonceComponents.ConsumeTogetherAsync),
        Component("A_secret_is_replaced_while_callers_derive", SecretComponents.ReplaceWhileDerivingAsync),
        Component("A_secret_is_quarantined_while_callers_seal", SecretComponents.QuarantineWhileSealingAsync),
        Component("Several_bring_the_same_secret", SecretComponents.InstallTogetherAsync),
        Component("The_head_moves_while_authority_is_read", RegistryComponents.FlipWhileReadingAsync),
        Component("Callers_share_one_run_and_its_leader_may_fail", FlightComponents.ShareAsync),
        Component("Replicas_push_while_both_are_written", ReplicationComponents.PushAndWriteAsync),
        Component("A_quorum_write_is_where_it_says", ReplicationComponents.QuorumAsync),
        Component("Handovers_are_taken_by_several_at_once", LimitComponents.TakeTogetherAsync),
        Component("Security_events_are_recorded_by_several_at_once", LimitComponents.RecordTogetherAsync),
        Component("A_node_is_stopped_twice_while_it_serves", NodeComponents.StopWhileServingAsync) with { SprintTurns = WholeNodeTurns },
    ];

    /// <summary>A part on its own, as a scenario.</summary>
    public static Scenario Component(string name, Func<ComponentRun, Task> body) =>
        new(name, _ => new WorldOptions { Nodes = 1, Apps = 0, WorkloadMs = 0 }, TimeSpan.FromMinutes(10), (_, _) => [], [])
        {
            UnderMarathon = false,
            UnderSprint = true,
            Component = body,
            SprintTurns = PartTurns,
        };
}
