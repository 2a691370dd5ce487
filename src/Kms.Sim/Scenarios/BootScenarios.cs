using Kms.Sim.Faults;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>How a cluster gets its first secret, and its next ones.</summary>
internal static class BootScenarios
{
    private static readonly WorldOptions Two = new() { Nodes = 2, ConfirmationTarget = 2 };
    private static readonly WorldOptions Three = new() { Nodes = 3, ConfirmationTarget = 2 };
    private static readonly WorldOptions Five = new() { Nodes = 5, ConfirmationTarget = 3 };

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Catalogue.Fixed("Two_fresh_nodes_boot_in_one_block", Two, 5, [], "activated", "state ready", "derive 200", "put 200"),
        Catalogue.Fixed("Five_fresh_nodes_boot_in_one_block", Five, 5, [], "activated", "state ready", "derive 200"),
        Catalogue.Fixed(
            "The_proposer_dies_after_proposing",
            Three,
            12,
            [new PlannedFault(0, FaultKind.Crash, ForMs: 120_000, Amount: 1, After: FaultTrigger.Proposed)],
            "fault Crash", "activated"),
        Catalogue.Fixed(
            "The_proposer_dies_after_one_confirmation",
            Five,
            12,
            [new PlannedFault(0, FaultKind.Crash, Node: -1, ForMs: 60_000, After: FaultTrigger.Confirmed)],
            "fault Crash", "activated"),
        Catalogue.Fixed(
            "The_proposer_dies_right_after_activation",
            Three,
            10,
            [new PlannedFault(0, FaultKind.Crash, ForMs: 60_000, Amount: 1, After: FaultTrigger.Activated)],
            "activated", "state ready"),
        Catalogue.Fixed(
            "A_griefer_proposes_again_and_again_what_it_never_hands_over",
            Three with { StartSpreadMs = 90_000 },
            25,
            [
                new PlannedFault(0, FaultKind.Grief, Amount: 3),
                // Where the nodes won at boot, it gets another chance with each rotation.
                .. Enumerable.Range(1, 4).Select(i => new PlannedFault(i * 150_000, FaultKind.Rotate, After: FaultTrigger.FirstReady)),
            ],
            "griefer proposed", "activated"),
        Catalogue.Fixed(
            "A_griefer_decides_the_first_epoch_alone_and_a_reset_cures_it",
            Three with { ConfirmationTarget = 1, StartSpreadMs = 600_000 },
            15,
            [new PlannedFault(0, FaultKind.Grief, Amount: 2)],
            "griefer proposed", "executed Reset", "state ready"),
        Catalogue.Fixed(
            "A_proposal_that_lost_its_race_is_mined_when_the_next_epoch_is_wanted",
            Five with { ConfirmationTarget = 1, MaxHoldBlocks = 3 },
            8,
            [new PlannedFault(0, FaultKind.Stall, ForMs: 120_000, After: FaultTrigger.Proposed), new PlannedFault(60_000, FaultKind.Rotate)],
            "reverted WrongEpoch", "activated", "derive 200"),
        Catalogue.Fixed(
            "A_node_is_cut_off_during_bootstrap_and_comes_back_to_another_secret",
            Three,
            12,
            [new PlannedFault(0, FaultKind.Unplug, ForMs: 300_000, After: FaultTrigger.Proposed), new PlannedFault(0, FaultKind.ChainDown, ForMs: 300_000, After: FaultTrigger.Proposed)],
            "fault Unplug", "activated"),
        Catalogue.Fixed(
            "The_cluster_rotates_and_the_default_keys_stay",
            Three,
            12,
            [new PlannedFault(180_000, FaultKind.Rotate), new PlannedFault(400_000, FaultKind.Rotate)],
            "fault Rotate", "activated", "derive 200"),
        Catalogue.Fixed(
            "A_node_restarts_every_minute",
            Five,
            20,
            [.. Enumerable.Range(2, 16).Select(minute => new PlannedFault(minute * 60_000, FaultKind.Crash, Node: 4, ForMs: 5_000, Amount: minute % 2))],
            "fault Crash", "boot"),
        Catalogue.Fixed(
            "A_node_restarts_in_its_enclave_with_the_same_wallet",
            Three,
            12,
            [.. Enumerable.Range(2, 8).Select(minute => new PlannedFault(minute * 60_000, FaultKind.RestartInPlace, Node: minute % 3))],
            "fault RestartInPlace"),
        Catalogue.Fixed(
            "A_node_without_ether_waits_for_others",
            Three,
            10,
            [new PlannedFault(0, FaultKind.Unfunded, Node: 0, ForMs: 300_000)],
            "fault Unfunded", "activated"),
    ];
}
