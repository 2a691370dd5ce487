using Kms.Sim.Faults;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>A minute at most, in small worlds, for the Sprint: each schedule is one of the many ways the minute can go.</summary>
internal static class SprintStories
{
    private static readonly WorldOptions Two = new()
    {
        Nodes = 2,
        ConfirmationTarget = 2,
        FinalityDepth = 2,
        EndpointsPerNode = 1,
        MaxHoldBlocks = 0,
        TickMs = 5_000,
        HeadPollMs = 2_000,
        Apps = 1,
        WorkloadMs = 6_000,
    };

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Short("Two_nodes_boot_and_serve", Two, 40, [], "activated", "state ready"),
    ];

    private static Scenario Short(string name, WorldOptions options, double seconds, IReadOnlyList<PlannedFault> plan, params string[] promises) =>
        Catalogue.Fixed(name, options, seconds / 60, plan, promises) with { UnderSprint = true };
}
