using Kms.Sim.Faults;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>What the real client meets between itself and the nodes.</summary>
internal static class ClientScenarios
{
    private static readonly WorldOptions Three = new() { Nodes = 3, ConfirmationTarget = 2, WorkloadMs = 800 };

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Catalogue.Fixed(
            "A_client_goes_on_when_a_node_is_cut_off",
            Three,
            7,
            [new PlannedFault(120_000, FaultKind.Unplug, Node: 0, ForMs: 180_000)],
            "fault Unplug", "client failed over", "client derive done", "client put done"),
        Catalogue.Fixed(
            "Answers_to_clients_are_lost",
            Three with { WorkloadMs = 400 },
            7,
            [new PlannedFault(100_000, FaultKind.Loss, ForMs: 240_000, Amount: 15)],
            "answer lost", "client put OutcomeUnknown", "client repeated a conditional write", "client replace done"),
        Catalogue.Fixed(
            "A_host_answers_clients_without_a_signature",
            Three,
            7,
            [
                new PlannedFault(100_000, FaultKind.Forge, Node: 0, ForMs: 200_000),
                new PlannedFault(150_000, FaultKind.Forge, Node: 1, ForMs: 100_000),
            ],
            "answer forged", "client put OutcomeUnknown", "client failed over"),
        Catalogue.Fixed(
            "Nodes_carry_writes_out_and_cannot_answer",
            Three,
            7,
            [.. Enumerable.Range(0, 3).Select(node => new PlannedFault(100_000, FaultKind.PortsThrow, Node: node, ForMs: 240_000, Amount: 60))],
            "IOdyn threw", "client put OutcomeUnknown", "client replace done"),
    ];
}
