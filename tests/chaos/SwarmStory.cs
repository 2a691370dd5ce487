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

    /// <summary>One of two members is expelled before the first epoch: nobody could activate it, and "activated" was missed all the same.</summary>
    [Fact]
    public void A_cluster_too_small_for_an_epoch_owes_none()
    {
        var report = Marathon.Run(RunSpec.Draw(Swarm.Everything, 7700210, null), Swarm.Everything.Promises, 0);
        report.Violation.ShouldBeNull();
        report.Sometimes.Keys.ShouldNotContain("activated");
    }

    /// <summary>The excuse is not for clusters that could: what never happens is still missed.</summary>
    [Fact]
    public void A_promise_that_is_never_kept_fails_the_run()
    {
        var scenario = Catalogue.Find("Two_fresh_nodes_boot_in_one_block");
        Marathon.Run(RunSpec.Draw(scenario, 1, null), [.. scenario.Promises, "no such thing"], 0).Violation?.Checker.ShouldBe("Promises");
        var stalled = RunSpec.Draw(scenario, 1, null) with { HorizonMs = 1, SettleMs = 0 };
        Marathon.Run(stalled, ["activated"], 0).Violation.ShouldNotBeNull();
    }

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
