using Kms.Sim.Scenarios;

namespace Kms.Sim.Drivers;

/// <summary>A way to run a scenario's worlds. Both take the same specs and give the same reports.</summary>
internal interface IDriver
{
    string Name { get; }

    bool Tells(Scenario scenario);

    /// <summary>How many runs of it go with one run of a world, when all scenarios take turns.</summary>
    int Weight(Scenario scenario);

    /// <summary>What a seed draws for a scenario under this driver.</summary>
    RunSpec Draw(Scenario scenario, ulong seed, int? nodes);

    /// <param name="promises">Events without which the run counts as failed; empty while shrinking.</param>
    /// <param name="keepEvents">How many of the newest events to keep for a bundle; zero for speed.</param>
    /// <param name="trace">A recorded schedule to follow; null to follow the spec.</param>
    RunReport Run(RunSpec spec, IReadOnlyList<string> promises, int keepEvents, string? trace = null);

    /// <summary>Specs to try for a smaller world before it counts as healthy: under another plan the same choices mean another schedule.</summary>
    IEnumerable<RunSpec> Variants(RunSpec spec);
}
