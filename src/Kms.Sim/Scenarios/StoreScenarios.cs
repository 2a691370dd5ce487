using Kms.Sim.Faults;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>What can happen to records.</summary>
internal static class StoreScenarios
{
    private static readonly WorldOptions Three = new() { Nodes = 3, ConfirmationTarget = 2, WorkloadMs = 1_000 };
    private static readonly WorldOptions Five = new() { Nodes = 5, ConfirmationTarget = 3, WorkloadMs = 1_000 };

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Catalogue.Fixed(
            "Writes_on_both_sides_of_a_partition",
            Five with { MaxDriftPpm = 1_000 },
            12,
            [new PlannedFault(150_000, FaultKind.Partition, Amount: 0b00011, ForMs: 300_000)],
            "fault Partition", "put 200"),
        Catalogue.Fixed(
            "A_push_fails_for_one_peer_only",
            Three,
            12,
            [new PlannedFault(150_000, FaultKind.CutOneWay, Node: 0, Other: 1, ForMs: 400_000)],
            "fault CutOneWay", "put 200"),
        Catalogue.Fixed(
            "A_bridge_is_all_that_connects_two_halves",
            Five,
            12,
            [new PlannedFault(150_000, FaultKind.Bridge, Node: 2, ForMs: 300_000)],
            "fault Bridge"),
        Catalogue.Fixed(
            "Links_clog_and_unclog",
            Five,
            15,
            [new PlannedFault(120_000, FaultKind.SwizzleClog, ForMs: 300_000), new PlannedFault(500_000, FaultKind.SwizzleClog, ForMs: 200_000)],
            "fault SwizzleClog"),
        Catalogue.Fixed(
            "Messages_are_lost_doubled_and_reordered",
            Three,
            12,
            [
                new PlannedFault(0, FaultKind.Loss, ForMs: 400_000, Amount: 20),
                new PlannedFault(0, FaultKind.Duplicate, ForMs: 400_000, Amount: 20),
                new PlannedFault(0, FaultKind.Reorder, ForMs: 400_000, Amount: 1_500),
            ],
            "message lost", "message doubled", "activated"),
        Catalogue.Fixed(
            "A_node_is_isolated_and_comes_back",
            Three,
            15,
            [new PlannedFault(150_000, FaultKind.Isolate, Node: 1, ForMs: 600_000)],
            "fault Isolate"),
        Catalogue.Fixed(
            "A_partition_outlives_the_tombstones",
            Three with { TickMs = 120_000, HeadPollMs = 30_000, BlockMs = 12_000, WorkloadMs = 60_000 },
            28 * 60,
            [new PlannedFault(600_000, FaultKind.Isolate, Node: 1, ForMs: 26L * 3_600_000)],
            "fault Isolate", "put 503"),
        Catalogue.Fixed(
            "Five_nodes_serve_for_a_day",
            new WorldOptions { Nodes = 5, ConfirmationTarget = 3, TickMs = 600_000, HeadPollMs = 60_000, BlockMs = 12_000, WorkloadMs = 600_000 },
            24 * 60,
            [],
            "activated", "put 200", "derive 200"),
        Catalogue.Fixed(
            "Five_nodes_serve_for_a_week",
            new WorldOptions { Nodes = 5, ConfirmationTarget = 3, TickMs = 3_600_000, HeadPollMs = 120_000, BlockMs = 60_000, WorkloadMs = 1_800_000, KeysPerApp = 64 },
            7 * 24 * 60,
            [],
            "activated", "put 200", "derive 200") with { SettleBound = TimeSpan.FromHours(4) },
        Catalogue.Fixed(
            "A_secret_is_replaced_while_requests_are_in_flight",
            Three with { WorkloadMs = 400 },
            8,
            [new PlannedFault(120_000, FaultKind.Rotate), new PlannedFault(200_000, FaultKind.Rotate), new PlannedFault(280_000, FaultKind.Rotate)],
            "fault Rotate", "activated", "derive 200"),
    ];
}
