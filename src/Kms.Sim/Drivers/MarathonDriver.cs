using Kms.Sim.Scenarios;

namespace Kms.Sim.Drivers;

/// <summary>Days of simulated time on one thread.</summary>
internal sealed class MarathonDriver : IDriver
{
    public const string DriverName = "marathon";

    public string Name => DriverName;

    public bool Tells(Scenario scenario) => scenario.UnderMarathon;

    public int Weight(Scenario scenario) => 1;

    public RunSpec Draw(Scenario scenario, ulong seed, int? nodes) => RunSpec.Draw(scenario, seed, nodes);

    public RunReport Run(RunSpec spec, IReadOnlyList<string> promises, int keepEvents, string? trace = null) => Marathon.Run(spec, promises, keepEvents);

    public IEnumerable<RunSpec> Variants(RunSpec spec) => [spec];
}
