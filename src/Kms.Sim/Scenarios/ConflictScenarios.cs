using Kms.Sim.Faults;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>Writes and deletes that do not know of each other, or that nobody else ever heard of.</summary>
internal static class ConflictScenarios
{
    private static readonly WorldOptions Three = new() { Nodes = 3, ConfirmationTarget = 2, WorkloadMs = 1_000 };

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Catalogue.Fixed(
            "Both_sides_of_a_partition_write_in_the_same_millisecond",
            Three with { WorkloadMs = 0, MinDelayMs = 2, MaxDelayMs = 2, MaxDriftPpm = 20 },
            5,
            [
                new PlannedFault(120_000, FaultKind.Partition, Amount: 0b001, ForMs: 80_000),
                new PlannedFault(121_000, FaultKind.ClockStep, Node: 0, Amount: 4_000),
                new PlannedFault(122_000, FaultKind.ClockStep, Node: 1, Amount: -4_000),
                new PlannedFault(130_000, FaultKind.Twins, Node: 0, Other: 1, Amount: 100),
            ],
            "fault Partition", "twin writes", "put 200"),
        Catalogue.Fixed(
            "Keys_are_deleted_while_a_peer_is_away",
            Three with { WorkloadMs = 500, KeysPerApp = 48 },
            7,
            [new PlannedFault(180_000, FaultKind.Isolate, Node: 1, ForMs: 230_000)],
            "fault Isolate", "delete 200"),
        Catalogue.Fixed(
            "A_node_dies_while_none_of_its_pushes_arrive",
            Three with { KeysPerApp = 128, WorkloadMs = 300 },
            6,
            [
                new PlannedFault(150_000, FaultKind.CutOneWay, Node: 0, Other: 1, ForMs: 90_000),
                new PlannedFault(150_000, FaultKind.CutOneWay, Node: 0, Other: 2, ForMs: 90_000),
                new PlannedFault(235_000, FaultKind.Crash, Node: 0, ForMs: 20_000, Amount: 1),
            ],
            "fault CutOneWay", "fault Crash", "put quorum 200"),
    ];
}
