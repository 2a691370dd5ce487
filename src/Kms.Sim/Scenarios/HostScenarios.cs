using Kms.Sim.Faults;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>What the host, its network, its names and its enclave supervisor can do.</summary>
internal static class HostScenarios
{
    private static readonly WorldOptions Three = new() { Nodes = 3, ConfirmationTarget = 2 };

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Catalogue.Fixed(
            "A_peer_name_resolves_to_a_public_address_once_and_to_private_ones_next",
            Three,
            10,
            [
                new PlannedFault(1_000, FaultKind.Rebind, Node: 0),
                new PlannedFault(1_000, FaultKind.Rebind, Node: 1),
                new PlannedFault(200_000, FaultKind.Rebind, Node: 2),
            ],
            "fault Rebind", "dns", "activated"),
        Catalogue.Fixed(
            "A_host_swaps_envelopes_between_two_proofs",
            Three with { WorkloadMs = 800 },
            8,
            [new PlannedFault(120_000, FaultKind.Swap, ForMs: 300_000)],
            "fault Swap", "swap"),
        Catalogue.Fixed(
            "A_host_replays_what_it_saw",
            Three,
            8,
            [new PlannedFault(60_000, FaultKind.Replay, ForMs: 360_000)],
            "fault Replay", "attacker sent"),
        Catalogue.Fixed(
            "A_nonce_flood_evicts_nobody",
            Three,
            6,
            [new PlannedFault(120_000, FaultKind.NonceFlood, Node: 0, ForMs: 120_000, Amount: 50)],
            "fault NonceFlood", "derive 200"),
        Catalogue.Fixed(
            "Odyn_fails_hangs_and_slows_down",
            Three,
            15,
            [
                new PlannedFault(3_000, FaultKind.OdynFails, Node: 0, ForMs: 30_000),
                new PlannedFault(120_000, FaultKind.OdynHangs, Node: 1, ForMs: 120_000),
                new PlannedFault(300_000, FaultKind.OdynSlow, Node: 2, ForMs: 120_000, Amount: 3_000),
            ],
            "fault OdynFails", "fault OdynHangs", "fault OdynSlow", "activated"),
        Catalogue.Fixed(
            "Randomness_is_constant_or_repeats",
            Three,
            12,
            [
                new PlannedFault(0, FaultKind.OdynConstantRandomness, Node: 0, ForMs: 120_000),
                new PlannedFault(0, FaultKind.OdynRepeatedRandomness, Node: 1, ForMs: 180_000),
            ],
            "fault OdynConstantRandomness", "fault OdynRepeatedRandomness", "activated"),
        Catalogue.Fixed(
            "Odyn_changes_its_identity",
            Three,
            15,
            [new PlannedFault(240_000, FaultKind.OdynImpostor, Node: 1, ForMs: 240_000)],
            "fault OdynImpostor", "state IdentityChanged"),
        Catalogue.Fixed(
            "Attestation_is_wrong_stale_or_garbage",
            Three,
            15,
            [
                new PlannedFault(0, FaultKind.OdynWrongMeasurement, Node: 0, ForMs: 100_000),
                new PlannedFault(0, FaultKind.OdynDebugMode, Node: 1, ForMs: 160_000),
                new PlannedFault(0, FaultKind.OdynGarbage, Node: 2, ForMs: 60_000),
            ],
            "fault OdynWrongMeasurement", "fault OdynDebugMode", "activated"),
        Catalogue.Fixed(
            "A_holder_attests_stale_documents_while_a_new_node_asks",
            new WorldOptions { Nodes = 2, ConfirmationTarget = 2 },
            15,
            [
                new PlannedFault(120_000, FaultKind.OdynStaleDocument, Node: 1, ForMs: 500_000),
                new PlannedFault(160_000, FaultKind.Crash, Node: 0, ForMs: 10_000, Amount: 1),
            ],
            "fault OdynStaleDocument", "fault Crash", "audit handover_refused"),
        Catalogue.Fixed(
            "A_host_answers_with_redirects",
            Three,
            8,
            [new PlannedFault(0, FaultKind.Redirect, Node: 0, ForMs: 120_000), new PlannedFault(150_000, FaultKind.Redirect, Node: 1, ForMs: 120_000)],
            "redirected", "activated"),
        Catalogue.Fixed(
            "A_peer_lies",
            Three,
            12,
            [new PlannedFault(0, FaultKind.Lie, Node: 0, ForMs: 300_000)],
            "peer lied", "activated"),
        Catalogue.Fixed(
            "A_node_pauses_and_wakes_up_in_another_world",
            Three,
            20,
            [new PlannedFault(240_000, FaultKind.Pause, Node: 2, ForMs: 600_000), new PlannedFault(300_000, FaultKind.StopAppInstance, Other: 0)],
            "fault Pause"),
    ];
}
