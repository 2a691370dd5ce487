using System.Text;
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
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            bundle.Write(path);
            var read = Bundle.Read(path);
            read.Spec.Plan.ShouldBe(bundle.Spec.Plan);
            Marathon.Run(read.Spec, [], 0).Hash.ShouldBe(bundle.Hash);
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

    private static Bundle Sample()
    {
        var spec = RunSpec.Draw(Catalogue.Find("Two_fresh_nodes_boot_in_one_block"), 3, null);
        var report = Marathon.Run(spec, [], 5_000);
        return new Bundle("0", "marathon", spec, 0, new Violation("Invented", "n1 did </script> something", report.Simulated), report.Hash, true, report.Trace);
    }
}
