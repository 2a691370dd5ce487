using Kms.Sim.Faults;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>Members and RPCs that keep their callers waiting, or answer with what no honest one would.</summary>
internal static class PatienceScenarios
{
    private const int Everybody = -1;

    private static readonly WorldOptions Three = new() { Nodes = 3, ConfirmationTarget = 2 };

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Catalogue.Fixed(
            "A_member_accepts_connections_and_stays_silent",
            Three,
            12,
            [new PlannedFault(0, FaultKind.Silent, Node: 0, ForMs: 200_000), new PlannedFault(300_000, FaultKind.Silent, Node: 1, ForMs: 200_000)],
            "peer silent", "activated"),
        Catalogue.Fixed(
            "A_member_answers_status_with_eleven_bytes",
            Three,
            12,
            [new PlannedFault(60_000, FaultKind.Hostile, Node: 0, ForMs: 400_000)],
            "hostile name", "activated", "derive 200"),
        Catalogue.Fixed(
            "Members_answer_with_hostile_structures",
            Three with { Nodes = 4 },
            20,
            [
                new PlannedFault(0, FaultKind.Hostile, Node: 0, ForMs: 500_000, Amount: 1),
                new PlannedFault(0, FaultKind.Hostile, Node: 1, ForMs: 300_000, Amount: 1),
                new PlannedFault(200_000, FaultKind.Rotate),
                new PlannedFault(400_000, FaultKind.RestartInPlace, Node: 3),
            ],
            "hostile name", "hostile structure", "activated", "derive 200"),
        Catalogue.Fixed(
            "Sixty_silent_members_delay_a_rotation_by_less_than_two_ticks",
            Three,
            15,
            [
                new PlannedFault(120_000, FaultKind.SilentMembers, Amount: 60),
                new PlannedFault(300_000, FaultKind.Rotate),
                new PlannedFault(500_000, FaultKind.RestartInPlace, Node: 2),
            ],
            "silent member asked", "activated", "derive 200") with { Without = new(FaultKind.SilentMembers, Ticks: 2) },
        Catalogue.Fixed(
            "A_griefer_activates_epochs_that_nobody_else_holds",
            Three with { ConfirmationTarget = 1 },
            25,
            [
                new PlannedFault(60_000, FaultKind.Grief, Amount: 2, After: FaultTrigger.FirstReady),
                new PlannedFault(80_000, FaultKind.Rotate, After: FaultTrigger.FirstReady),
                new PlannedFault(400_000, FaultKind.Rotate, After: FaultTrigger.FirstReady),
                new PlannedFault(700_000, FaultKind.RestartInPlace, Node: 1),
            ],
            "griefer proposed", "activated", "derive 200"),
        Catalogue.Fixed(
            "Answers_come_byte_by_byte",
            Three,
            15,
            [
                new PlannedFault(0, FaultKind.Trickle, Node: 0, ForMs: 200_000, Amount: 8_000),
                new PlannedFault(0, FaultKind.Trickle, Node: 1, ForMs: 200_000, Amount: 14_000),
                new PlannedFault(300_000, FaultKind.Trickle, Node: 2, ForMs: 200_000, Amount: 9_990),
            ],
            "answer trickled", "activated"),
        Catalogue.Fixed(
            "Endpoints_err_and_lie_about_transactions",
            Three,
            20,
            [
                new PlannedFault(0, FaultKind.RpcErrors, Node: 0, ForMs: 400_000, Amount: 40),
                new PlannedFault(0, FaultKind.RpcDeniesReceipts, Everybody, ForMs: 300_000),
                new PlannedFault(0, FaultKind.RpcSwallows, Node: 1, ForMs: 240_000),
                new PlannedFault(0, FaultKind.RpcRefusesEstimates, Node: 2, ForMs: 60_000),
                new PlannedFault(500_000, FaultKind.RpcErrors, Everybody, ForMs: 200_000, Amount: 70),
                new PlannedFault(520_000, FaultKind.Rotate),
            ],
            "RPC rate limit", "RPC timeout", "RPC error after the fact", "activated"),
    ];
}
