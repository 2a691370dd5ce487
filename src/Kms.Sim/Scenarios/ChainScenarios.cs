using Kms.Sim.Chain;
using Kms.Sim.Faults;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>What the chain and its endpoints can do to a cluster.</summary>
internal static class ChainScenarios
{
    private static readonly WorldOptions Three = new() { Nodes = 3, ConfirmationTarget = 2 };

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Catalogue.Drawn(
            "The_activation_is_reorganised_away_and_included_again",
            Three,
            12,
            (random, options) =>
            [
                new PlannedFault(random.Between(100, 3_000), FaultKind.Reorg, Other: random.Below(2), Amount: 1 + random.Below(options.FinalityDepth - 1), After: FaultTrigger.Activated),
                new PlannedFault(random.Between(100, 3_000), FaultKind.Reorg, Other: random.Below(2), Amount: 1 + random.Below(options.FinalityDepth - 1), After: FaultTrigger.Proposed),
            ],
            "fault Reorg", "activated"),
        Catalogue.Drawn(
            "Propose_and_confirm_are_reorganised_away_and_dropped",
            Three,
            15,
            (random, options) =>
            [
                new PlannedFault(random.Between(100, 4_000), FaultKind.Reorg, Other: 2, Amount: 1 + random.Below(options.FinalityDepth - 1), After: FaultTrigger.Confirmed),
                new PlannedFault(random.Between(100, 4_000), FaultKind.Reorg, Other: 2, Amount: 1 + random.Below(options.FinalityDepth - 1), After: FaultTrigger.Proposed),
            ],
            "fault Reorg", "activated"),
        Catalogue.Drawn(
            "A_reorganisation_deeper_than_finality_drops_or_delays_the_activation",
            Three,
            20,
            (random, options) =>
            [
                new PlannedFault(random.Between(10_000, 40_000), FaultKind.Reorg, Other: random.Below(3), Amount: options.FinalityDepth + 2 + random.Below(16), After: FaultTrigger.FirstReady),
            ],
            "reorg deeper than finality", "activated"),
        Catalogue.Fixed(
            "Proposals_and_activation_come_back_some_time_after_a_deep_reorganisation",
            Three,
            20,
            [
                new PlannedFault(10_000, FaultKind.Reorg, Other: (int)ReorgStyle.Delay, Amount: 60, After: FaultTrigger.FirstReady),
            ],
            "reorg deeper than finality", "activated"),
        Catalogue.Drawn(
            "A_deep_reorganisation_makes_the_loser_of_a_race_its_winner",
            Three with { Nodes = 4, ConfirmationTarget = 1 },
            15,
            (random, _) =>
            [
                new PlannedFault(random.Between(1_000, 20_000), FaultKind.Reorg, Amount: 60, After: FaultTrigger.FirstReady),
            ],
            "reorg deeper than finality", "activated"),
        Catalogue.Fixed(
            "Blocks_are_withheld_and_reads_say_not_found",
            Three,
            12,
            [
                new PlannedFault(20_000, FaultKind.Withhold, Node: 0, ForMs: 90_000),
                new PlannedFault(240_000, FaultKind.Withhold, Node: 1, ForMs: 240_000),
            ],
            "fault Withhold", "activated"),
        Catalogue.Fixed(
            "Old_genuine_heads_are_replayed_while_the_wall_clock_is_set_back",
            Three,
            20,
            [
                new PlannedFault(240_000, FaultKind.OldHead, Node: 1, ForMs: 600_000, Amount: 30),
                new PlannedFault(240_000, FaultKind.ClockStep, Node: 1, Amount: -3_600),
                new PlannedFault(245_000, FaultKind.StopAppInstance, Other: 1),
            ],
            "fault OldHead", "fault ClockStep", "fault StopAppInstance", "state ChainStale"),
        Catalogue.Drawn(
            "Endpoints_disagree_about_the_hash",
            Three with { EndpointsPerNode = 3 },
            15,
            (random, options) =>
            [
                new PlannedFault(random.Between(5_000, 30_000), FaultKind.Fork, Node: 0, ForMs: 60_000, Amount: 2),
                new PlannedFault(random.Between(150_000, 200_000), FaultKind.Fork, Node: 1, ForMs: 90_000, Amount: options.FinalityDepth - 1),
                new PlannedFault(random.Between(300_000, 400_000), FaultKind.Lag, Node: 2, ForMs: 120_000, Amount: 20),
            ],
            "fault Fork", "fault Lag", "activated"),
        Catalogue.Fixed(
            "The_chain_stalls_and_goes_on",
            Three,
            15,
            [new PlannedFault(180_000, FaultKind.Stall, ForMs: 360_000)],
            "fault Stall", "state ChainStale"),
        Catalogue.Fixed(
            "Light_clients_stand_still_and_are_out_of_sync_while_the_secret_rotates",
            Three with { FullEndpointPercent = 0 },
            20,
            [
                new PlannedFault(0, FaultKind.HeadStandsStill, Node: 0, ForMs: 150_000),
                new PlannedFault(300_000, FaultKind.Rotate),
                new PlannedFault(303_000, FaultKind.HeadStandsStill, Node: -1, ForMs: 240_000),
            ],
            "out of sync", "old proof refused", "activated", "state ChainStale", "derive 200"),
        Catalogue.Fixed(
            "A_revoked_app_keeps_asking_through_lagging_endpoints",
            Three with { EndpointsPerNode = 3 },
            15,
            [
                new PlannedFault(200_000, FaultKind.Lag, Node: 0, ForMs: 600_000, Amount: 15),
                new PlannedFault(200_000, FaultKind.Lag, Node: 2, ForMs: 600_000, Amount: 40),
                new PlannedFault(260_000, FaultKind.RevokeApp, Other: 0),
                new PlannedFault(320_000, FaultKind.StopAppInstance, Other: 1),
            ],
            "fault RevokeApp", "fault StopAppInstance", "derive 403"),
        Catalogue.Fixed(
            "A_revoked_node_keeps_asking",
            new WorldOptions { Nodes = 4, ConfirmationTarget = 2, EndpointsPerNode = 3 },
            20,
            [
                new PlannedFault(150_000, FaultKind.Lag, Node: 1, ForMs: 900_000, Amount: 20),
                new PlannedFault(240_000, FaultKind.RevokeNode, Node: 1),
                new PlannedFault(360_000, FaultKind.Rotate),
            ],
            "fault RevokeNode", "fault Rotate", "activated", "state NotAMember"),
    ];
}
