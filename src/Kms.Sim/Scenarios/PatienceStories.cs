using Kms.Sim.Faults;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>Members and RPCs that keep their callers waiting, or answer with what no honest one would.</summary>
internal static class PatienceStories
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
