using System.Runtime.CompilerServices;
using Kms.Sim.Drivers;
using Kms.Sim.Scenarios;
using Xunit.Abstractions;

namespace Kms.Chaos;

/// <summary>Tells a scenario of the catalogue by its test's name: on fixed seeds, and on one that no run had before.</summary>
public abstract class Story(ITestOutputHelper output)
{
    private const ulong AnySeed = 1;

    internal static readonly ulong Fresh = Environment.GetEnvironmentVariable("CHAOS_SEED") is { Length: > 0 } given
        ? ulong.Parse(given, System.Globalization.CultureInfo.InvariantCulture)
        : (ulong)Random.Shared.NextInt64(1_000, int.MaxValue);

    /// <param name="seed">Where the story once failed, or any other that should stay in the suite; days of simulated time are told once.</param>
    protected void Holds(ulong seed = AnySeed, [CallerMemberName] string name = "")
    {
        var scenario = Catalogue.Find(name);
        ulong[] seeds = seed == AnySeed && scenario.Horizon > TimeSpan.FromDays(1) ? [Fresh] : [seed, Fresh];
        foreach (ulong each in seeds.Distinct())
        {
            var report = Marathon.Run(RunSpec.Draw(scenario, each, null), scenario.Promises, 0);
            output.WriteLine($"{name} seed={each} hash={report.Hash} simulated={report.Simulated} events={report.Events}");
            report.Violation.ShouldBeNull($"replay: novasim run --scenario {name} --seed {each}");
        }
    }
}
