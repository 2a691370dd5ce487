using Kms.Sim.Cli;
using Kms.Sim.Drivers;
using Kms.Sim.Faults;
using Kms.Sim.Scenarios;
using Kms.Sim.World;

namespace Kms.Chaos;

/// <summary>The Sprint driver itself: it controls what it claims to, repeats itself, and refuses to pretend.</summary>
public sealed class SprintTests : IDisposable
{
    private const string World = "Two_nodes_boot_and_serve_within_a_minute";
    private const string Component = "Replicas_push_while_both_are_written";

    private readonly string _folder = Directory.CreateTempSubdirectory("novasim").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(World, 11, 2)]
    [InlineData(Component, 515, 12)]
    public void The_same_seeds_give_the_same_event_hashes_in_two_processes(string scenario, ulong seed, int runs)
    {
        string[] first = Lines(SprintProcess.Tell([scenario], seed, runs, _folder).Output);
        string[] second = Lines(SprintProcess.Tell([scenario], seed, runs, _folder).Output);
        first.Length.ShouldBe(runs);
        second.ShouldBe(first);
        first.Select(line => line[line.IndexOf("hash=", StringComparison.Ordinal)..]).Distinct().Count().ShouldBe(runs);
    }

    [Theory]
    [InlineData("Random")]
    [InlineData("Probabilistic")]
    [InlineData("Prioritization")]
    public void A_seed_does_not_depend_on_what_ran_before_it(string strategy)
    {
        string[] all = Lines(SprintProcess.Tell([Component], 40, 4, _folder, "--strategy", strategy).Output);
        string[] last = Lines(SprintProcess.Tell([Component], 43, 1, _folder, "--strategy", strategy).Output);
        last[0].ShouldBe(all[3]);
    }

    [Fact]
    public void Assemblies_that_are_not_rewritten_are_refused()
    {
        var driver = new SprintDriver(null);
        var spec = driver.Draw(Catalogue.Find(World), 1, null);
        Should.Throw<InvalidOperationException>(() => driver.Run(spec, [], 0)).Message.ShouldContain("not rewritten");
    }

    [Fact]
    public void What_Coyote_controls_is_what_the_rules_of_Core_rely_on()
    {
        var (exit, output) = SprintProcess.Run("constructs");
        exit.ShouldBe(0, output);
        output.ShouldContain("as expected");
    }

    [Fact]
    public void A_bundle_of_a_sprint_replays_to_its_hash_and_fails_again()
    {
        // Settling in no time at all is a rule that any world breaks.
        var driver = new SprintDriver(SprintStrategy.Random);
        var spec = driver.Draw(Catalogue.Find(World), 5, null) with { HorizonMs = 1_500, SettleMs = 1, Plan = [new PlannedFault(1_000, FaultKind.Delay, ForMs: 500, Amount: 10)] };
        string path = Path.Combine(_folder, "bundle.json");
        new Bundle("0", driver.Name, spec, 1, new Violation("Convergence", "invented", TimeSpan.Zero), "unknown", true, []).Write(path);
        var (exit, first) = SprintProcess.Run("replay", path);
        exit.ShouldBe(ReplayCommand.AnotherRun, first);
        first.ShouldContain("violation Convergence");
        string hash = first[(first.IndexOf("hash=", StringComparison.Ordinal) + 5)..][..64];
        new Bundle("0", driver.Name, spec, 1, new Violation("Convergence", "invented", TimeSpan.Zero), hash, true, []).Write(path);
        (exit, string again) = SprintProcess.Run("replay", path);
        exit.ShouldBe(1, again);
        again.ShouldContain("(the bundle's)");
    }

    [Fact]
    public void Every_scenario_has_a_driver_and_the_marathon_gets_no_parts()
    {
        foreach (var scenario in Catalogue.All)
        {
            Driver.All.ShouldContain(driver => driver.Tells(scenario), scenario.Name);
            (scenario.Component is not null && scenario.UnderMarathon).ShouldBeFalse(scenario.Name);
        }
    }

    private static string[] Lines(string output) =>
        [.. output.Split('\n').Where(line => line.Contains(" hash=", StringComparison.Ordinal))];
}
