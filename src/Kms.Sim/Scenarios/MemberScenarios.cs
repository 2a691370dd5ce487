using Kms.Sim.Faults;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>What members of the cluster can do to it, and what a secret's own life can do to its users.</summary>
internal static class MemberScenarios
{
    private static readonly WorldOptions Three = new() { Nodes = 3, ConfirmationTarget = 2 };

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Catalogue.Fixed(
            "A_member_hands_over_another_secret_than_the_chain_names",
            Three,
            8,
            [new PlannedFault(0, FaultKind.Rogue, ForMs: 300_000, After: FaultTrigger.Proposed)],
            "rogue", "activated", "audit secret_not_received"),
        Catalogue.Fixed(
            "A_member_hands_over_a_secret_in_plaintext",
            Three,
            8,
            [new PlannedFault(0, FaultKind.Rogue, ForMs: 300_000, Amount: 1, After: FaultTrigger.Proposed)],
            "rogue", "activated", "audit secret_not_received"),
        Catalogue.Fixed(
            "A_member_asks_for_the_secret_again_and_again",
            Three with { WorkloadMs = 0 },
            14,
            [.. Enumerable.Range(0, 40).Select(i => new PlannedFault(60_000 + i * 15_000, FaultKind.RestartInPlace, Node: 2))],
            "fault RestartInPlace", "audit secret_received"),
        Catalogue.Fixed(
            "An_enclave_runs_other_code_when_it_asks_for_the_secret",
            Three with { WorkloadMs = 0 },
            8,
            [
                new PlannedFault(1_000, FaultKind.ChainDown, Node: 2, ForMs: 80_000),
                new PlannedFault(4_000, FaultKind.OdynWrongMeasurement, Node: 2, ForMs: 300_000),
            ],
            "fault OdynWrongMeasurement", "audit handover_refused", "activated"),
        Catalogue.Fixed(
            "A_host_asks_for_the_secret_with_documents_of_the_auxiliary_port",
            Three with { WorkloadMs = 0 },
            8,
            [new PlannedFault(30_000, FaultKind.AuxiliaryPort, Amount: 12, After: FaultTrigger.FirstReady)],
            "fault AuxiliaryPort", "thief asked", "audit handover_refused", "activated"),
        Catalogue.Fixed(
            "A_revoked_node_is_kept_in_the_past_and_asks_for_the_secret",
            Three with { EndpointsPerNode = 1, WorkloadMs = 0 },
            10,
            [
                new PlannedFault(178_000, FaultKind.OldHead, Node: 2, ForMs: 300_000),
                new PlannedFault(180_000, FaultKind.RevokeNode, Node: 2),
                new PlannedFault(232_000, FaultKind.RestartInPlace, Node: 2),
            ],
            "fault OldHead", "fault RevokeNode", "fault RestartInPlace", "activated"),
        Catalogue.Fixed(
            "A_reorganisation_puts_another_secret_in_the_place_of_one_that_was_used",
            Three with { WorkloadMs = 500 },
            10,
            [
                new PlannedFault(60_000, FaultKind.Crash, Node: 2, ForMs: 10_000, Amount: 1, After: FaultTrigger.FirstReady),
                new PlannedFault(70_500, FaultKind.ChainDown, Node: 0, ForMs: 90_000, After: FaultTrigger.FirstReady),
                new PlannedFault(70_500, FaultKind.ChainDown, Node: 1, ForMs: 90_000, After: FaultTrigger.FirstReady),
                new PlannedFault(72_000, FaultKind.Reorg, Other: 2, Amount: 1_000, After: FaultTrigger.FirstReady),
            ],
            "reorg deeper than finality", "activated", "audit secret_quarantined", "derive 200"),
        Catalogue.Fixed(
            "Epochs_rotate_and_retire_under_load",
            Three with { WorkloadMs = 1_000 },
            10,
            [
                new PlannedFault(120_000, FaultKind.Rotate),
                new PlannedFault(210_000, FaultKind.DefaultEpoch, Amount: 2),
                new PlannedFault(270_000, FaultKind.Retire, Amount: 1),
                new PlannedFault(390_000, FaultKind.RestartInPlace, Node: 2),
            ],
            "fault Rotate", "executed SetDefaultEpoch", "executed RetireEpoch", "audit secret_destroyed", "fault RestartInPlace"),
        Catalogue.Fixed(
            "Strangers_flood_a_node_with_questions",
            Three,
            6,
            [new PlannedFault(100_000, FaultKind.Questions, Node: 0, ForMs: 120_000, Amount: 20)],
            "fault Questions", "derive 200"),
    ];
}
