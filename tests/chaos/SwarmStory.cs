using Kms.Sim.Drivers;
using Kms.Sim.Scenarios;
using Xunit.Abstractions;

namespace Kms.Chaos;

/// <summary>Everything at once, for a run of seeds: the bounded part of what <c>make chaos</c> does for hours.</summary>
public sealed class SwarmStory(ITestOutputHelper output) : Story(output)
{
    private const int Seeds = 12;

    [Fact]
    public void Everything_at_once() => Holds(seed: 210005);

    [Fact]
    public void Everything_at_once_on_a_run_of_seeds()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        for (ulong seed = 100; seed < 100 + Seeds; seed++)
        {
            var report = Marathon.Run(RunSpec.Draw(Swarm.Everything, seed, null), [], 0);
            report.Violation.ShouldBeNull($"replay: novasim run --scenario {Swarm.Everything.Name} --seed {seed}");
            seen.UnionWith(report.Sometimes.Keys);
        }

        seen.ShouldContain("activated");
        seen.ShouldContain("state ready");
        seen.Count(what => what.StartsWith("fault ", StringComparison.Ordinal)).ShouldBeGreaterThan(10);
    }
}
