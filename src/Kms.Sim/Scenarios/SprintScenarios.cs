using Kms.Sim.Faults;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>A minute at most, in small worlds, for the Sprint: each schedule is one of the many ways the minute can go.</summary>
internal static class SprintScenarios
{
    /// <summary>Quick blocks and seldom polls: the minute holds what it is about and little else, since every step costs.</summary>
    private static readonly WorldOptions Two = new()
    {
        Nodes = 2,
        ConfirmationTarget = 2,
        FinalityDepth = 2,
        EndpointsPerNode = 1,
        MaxHoldBlocks = 0,
        BlockMs = 1_000,
        TickMs = 6_000,
        HeadPollMs = 2_000,
        Apps = 1,
        WorkloadMs = 4_000,
    };

    private static readonly WorldOptions Busy = Two with { WorkloadMs = 1_000 };
    private static readonly WorldOptions Three = Two with { Nodes = 3, WorkloadMs = 6_000 };

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Short("Two_nodes_boot_and_serve_within_a_minute", Two, 25, [], "activated", "state ready"),
        Catalogue.Drawn(
            "The_activation_is_reorganised_within_a_minute",
            Two,
            30 / 60.0,
            (random, _) => [new PlannedFault(random.Between(0, 1_500), FaultKind.Reorg, Other: random.Below(3), Amount: 1, After: FaultTrigger.Activated)],
            "fault Reorg", "activated") with { UnderSprint = true },
        Catalogue.Drawn(
            "A_reorganisation_below_finality_strikes_while_apps_ask",
            Busy,
            35 / 60.0,
            (random, _) => [new PlannedFault(random.Between(0, 4_000), FaultKind.Reorg, Other: random.Below(3), Amount: 3 + random.Below(4), After: FaultTrigger.FirstReady)],
            "fault Reorg", "activated") with { UnderSprint = true },
        Catalogue.Drawn(
            "An_app_is_revoked_while_its_requests_are_under_way",
            Busy,
            30 / 60.0,
            (random, _) => [new PlannedFault(random.Between(1_000, 4_000), random.Chance(0.5) ? FaultKind.RevokeApp : FaultKind.StopAppInstance, After: FaultTrigger.FirstReady)],
            "activated") with { UnderSprint = true },
        Catalogue.Drawn(
            "Two_sides_write_apart_and_merge_within_a_minute",
            Busy with { KeysPerApp = 2 },
            35 / 60.0,
            (random, _) => [new PlannedFault(random.Between(500, 3_000), FaultKind.Partition, ForMs: 8_000, Amount: 0b01, After: FaultTrigger.FirstReady)],
            "fault Partition", "activated") with { UnderSprint = true },
        Catalogue.Drawn(
            "A_holder_dies_while_a_third_node_asks_for_the_secret",
            Three with { StartSpreadMs = 12_000 },
            40 / 60.0,
            (random, _) => [new PlannedFault(random.Between(0, 3_000), FaultKind.RestartInPlace, Node: random.Below(3), After: FaultTrigger.Activated)],
            "activated") with { UnderSprint = true },
        Catalogue.Drawn(
            "The_secret_rotates_while_apps_derive",
            Busy,
            35 / 60.0,
            (random, _) => [new PlannedFault(random.Between(0, 3_000), FaultKind.Rotate, After: FaultTrigger.FirstReady)],
            "fault Rotate", "activated") with { UnderSprint = true },
        Catalogue.Drawn(
            "A_node_restarts_in_its_enclave_under_load",
            Busy,
            35 / 60.0,
            (random, _) => [new PlannedFault(random.Between(500, 5_000), FaultKind.RestartInPlace, Node: random.Below(2), After: FaultTrigger.FirstReady)],
            "activated") with { UnderSprint = true },
        Catalogue.Drawn(
            "An_embedder_keeps_its_callers_for_a_while",
            Busy,
            35 / 60.0,
            (random, _) => [new PlannedFault(random.Between(0, 3_000), FaultKind.EmbedderBlocks, random.Below(2), ForMs: 15_000, Amount: (int)random.Between(500, 8_000))],
            "fault EmbedderBlocks", "activated") with { UnderSprint = true },
    ];

    private static Scenario Short(string name, WorldOptions options, double seconds, IReadOnlyList<PlannedFault> plan, params string[] promises) =>
        Catalogue.Fixed(name, options, seconds / 60, plan, promises) with { UnderSprint = true };
}
