using Kms.Sim.Faults;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>Every scenario, by name.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        .. BootScenarios.All, .. ChainScenarios.All, .. HostScenarios.All, .. MemberScenarios.All, .. StoreScenarios.All, .. ConflictScenarios.All,
        .. ClientScenarios.All, .. FailSafeScenarios.All, .. PatienceScenarios.All, .. SprintScenarios.All, .. ComponentScenarios.All, Swarm.Everything,
    ];

    public static Scenario Find(string name) =>
        All.FirstOrDefault(scenario => string.Equals(scenario.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"no such scenario: {name}", nameof(name));

    /// <summary>A scenario with a fixed world and plan. Whatever it plans must occur, but for what the last holder is spared.</summary>
    public static Scenario Fixed(string name, WorldOptions options, double minutes, IReadOnlyList<PlannedFault> plan, params string[] promises) =>
        new(name, _ => options, TimeSpan.FromMinutes(minutes), (_, _) => plan, [
            .. promises.Union(plan.Select(fault => fault.Kind).Where(kind => !FaultInjector.MayBeSkipped(kind)).Select(kind => $"fault {kind}")),
        ]);

    public static Scenario Drawn(string name, WorldOptions options, double minutes, Func<SimRandom, WorldOptions, IReadOnlyList<PlannedFault>> plan, params string[] promises) =>
        new(name, _ => options, TimeSpan.FromMinutes(minutes), plan, promises);
}
