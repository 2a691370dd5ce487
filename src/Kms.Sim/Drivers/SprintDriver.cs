using Kms.Sim.Kernel;
using Kms.Sim.Scenarios;

namespace Kms.Sim.Drivers;

/// <summary>Interleavings of a minute under Coyote.</summary>
/// <param name="strategy">One strategy for all seeds; null: each seed draws its own.</param>
internal sealed class SprintDriver(SprintStrategy? strategy) : IDriver
{
    public const string DriverName = "sprint";

    private const int SchedulesPerCandidate = 12;

    public string Name => DriverName;

    public bool Tells(Scenario scenario) => scenario.UnderSprint;

    public int Weight(Scenario scenario) => scenario.SprintTurns;

    public RunSpec Draw(Scenario scenario, ulong seed, int? nodes) =>
        RunSpec.Draw(scenario, seed, nodes) with { Schedule = SprintSchedule.Draw(new SimRandom(seed).Fork("sprint"), strategy) };

    public RunReport Run(RunSpec spec, IReadOnlyList<string> promises, int keepEvents, string? trace = null) =>
        Sprint.Run(spec, promises, keepEvents, trace);

    public IEnumerable<RunSpec> Variants(RunSpec spec) =>
        Enumerable.Range(0, SchedulesPerCandidate).Select(i => spec with { Schedule = spec.Schedule! with { Seed = spec.Schedule.Seed + (uint)i } });
}
