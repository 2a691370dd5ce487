using System.Text;
using Kms.Sim.Cli;
using Kms.Sim.Drivers;
using Kms.Sim.Faults;
using Kms.Sim.Report;
using Kms.Sim.Scenarios;
using Kms.Sim.World;

namespace Kms.Chaos;

/// <summary>What is written about a failure is enough to see it again.</summary>
public sealed class BundleTests
{
    private const int PageLimitBytes = 1_000_000;

    [Fact]
    public void A_bundle_that_was_read_back_replays_to_its_hash()
    {
        var bundle = Sample();
        var read = WriteAndRead(bundle);
        read.Spec.Plan.ShouldBe(bundle.Spec.Plan);
        Marathon.Run(read.Spec, [], 0).Hash.ShouldBe(bundle.Hash);
    }

    [Fact]
    public void Zeros_of_a_plan_and_of_a_world_are_part_of_the_run()
    {
        var drawn = RunSpec.Draw(Catalogue.Find("Two_fresh_nodes_boot_in_one_block"), 3, null);
        var spec = drawn with
        {
            Options = drawn.Options with { MaxDriftPpm = 0, MaxHoldBlocks = 0 },
            Plan = [new PlannedFault(0, FaultKind.RestartInPlace, Node: 0, After: FaultTrigger.FirstReady)],
        };
        var read = WriteAndRead(Told(spec));
        read.Spec.Options.ShouldBe(spec.Options);
        read.Spec.Plan.ShouldBe(spec.Plan);
        Marathon.Run(read.Spec, [], 0).Hash.ShouldBe(read.Hash);
    }

    [Theory]
    [InlineData(true, false, 0)]
    [InlineData(true, true, 1)]
    [InlineData(false, false, 3)]
    [InlineData(false, true, 3)]
    public void A_replay_says_by_its_exit_code_what_came_of_it(bool sameHash, bool breaks, int expected)
    {
        // A settle bound that no cluster can keep breaks a rule.
        var drawn = RunSpec.Draw(Catalogue.Find("Two_fresh_nodes_boot_in_one_block"), 3, null);
        var bundle = Told(breaks ? drawn with { HorizonMs = 1_000, SettleMs = 1_000 } : drawn);
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            (sameHash ? bundle : bundle with { Hash = new string('0', 64) }).Write(path);
            ReplayCommand.Create().Parse([path]).Invoke().ShouldBe(expected);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_page_is_one_file_under_a_megabyte_that_needs_no_network()
    {
        var page = SpaceTimePage.Render(Sample());
        Encoding.UTF8.GetByteCount(page).ShouldBeLessThan(PageLimitBytes);
        page.ShouldContain("Invented");
        page.Replace("http://www.w3.org/2000/svg", string.Empty, StringComparison.Ordinal).ShouldNotContain("src=");
        page.ShouldNotContain("/*DATA*/null");
    }

    [Fact]
    public void Shrinking_keeps_what_breaks_the_rule_and_drops_the_rest()
    {
        // A short bound for settling makes the unplugged node a failure that needs exactly one of the faults.
        var plan = new PlannedFault[]
        {
            new(1_000, FaultKind.Delay, ForMs: 2_000, Amount: 10),
            new(5_000, FaultKind.StopAppInstance, Other: 1),
            new(6_000, FaultKind.RevokeNode, Node: 0),
            new(7_000, FaultKind.ClockStep, Node: 1, Amount: 100),
        };
        var spec = RunSpec.Draw(Catalogue.Find("Two_fresh_nodes_boot_in_one_block"), 1, null) with { Plan = plan, HorizonMs = 8_000, SettleMs = 1_000 };
        var shrunk = new Shrinker(new MarathonDriver(), "Convergence", 30, _ => { }).Shrink(spec with { Plan = plan }, TimeSpan.FromSeconds(20));
        shrunk.Plan.Count.ShouldBeLessThan(plan.Length);
        Marathon.Run(shrunk, [], 0).Violation?.Checker.ShouldBe("Convergence");
    }

    private static Bundle WriteAndRead(Bundle bundle)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            bundle.Write(path);
            return Bundle.Read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Bundle Sample() => Told(RunSpec.Draw(Catalogue.Find("Two_fresh_nodes_boot_in_one_block"), 3, null));

    private static Bundle Told(RunSpec spec)
    {
        var report = Marathon.Run(spec, [], 5_000);
        return new Bundle("0", "marathon", spec, 0, new Violation("Invented", "n1 did </script> something", report.Simulated), report.Hash, true, report.Trace);
    }
}
