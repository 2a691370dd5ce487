using Kms.Sim.Faults;
using Kms.Sim.World;

namespace Kms.Sim.Drivers;

/// <summary>Everything that one run depends on. Written into bundles; the same spec gives the same event hash.</summary>
internal sealed record RunSpec(string Scenario, ulong Seed, WorldOptions Options, IReadOnlyList<PlannedFault> Plan, long HorizonMs, long SettleMs)
{
    /// <summary>What decides the order of things; null under Marathon, where the seed does.</summary>
    public SprintSchedule? Schedule { get; init; }

    public TimeSpan Horizon => TimeSpan.FromMilliseconds(HorizonMs);

    /// <summary>What a seed draws for a scenario.</summary>
    public static RunSpec Draw(Scenarios.Scenario scenario, ulong seed, int? nodes)
    {
        var random = new Kernel.SimRandom(seed).Fork("scenario");
        var options = scenario.Options(random.Fork("options"));
        options = nodes is { } count ? options with { Nodes = count, ConfirmationTarget = (uint)Math.Min(options.ConfirmationTarget, count) } : options;
        var plan = PortFaults.AddTo(scenario.Plan(random.Fork("plan"), options), random.Fork("ports"), options, scenario);
        return new RunSpec(
            scenario.Name, seed, options, plan, (long)FaultPlan.End(plan, scenario.Horizon).TotalMilliseconds, (long)scenario.SettleBound.TotalMilliseconds);
    }
}
