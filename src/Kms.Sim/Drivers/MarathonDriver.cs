using Kms.Sim.Scenarios;

namespace Kms.Sim.Drivers;

/// <summary>Days of simulated time on one thread.</summary>
internal sealed class MarathonDriver : IDriver
{
    public const string DriverName = "marathon";

    private const int MinuteRuns = 100;

    public string Name => DriverName;

    public bool Tells(Scenario scenario) => scenario.UnderMarathon;

    // A world of a minute takes a tenth of a second, one of hours several.
    public int Weight(Scenario scenario) => scenario.Horizon <= TimeSpan.FromMinutes(1) ? MinuteRuns : 1;

    public RunSpec Draw(Scenario scenario, ulong seed, int? nodes) => RunSpec.Draw(scenario, seed, nodes);

    public RunReport Run(RunSpec spec, IReadOnlyList<string> promises, int keepEvents, string? trace = null) => Marathon.Run(spec, promises, keepEvents);

    public IEnumerable<RunSpec> Variants(RunSpec spec) => [spec];
}
