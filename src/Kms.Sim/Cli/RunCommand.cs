using System.CommandLine;
using System.Globalization;
using Kms.Sim.Drivers;
using Kms.Sim.Scenarios;

namespace Kms.Sim.Cli;

/// <summary><c>novasim run</c></summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var scenario = new Option<string?>("--scenario") { Description = "A scenario's name; all of them when absent." };
        var driver = new Option<string>("--driver") { Description = "marathon.", DefaultValueFactory = _ => "marathon" };
        driver.AcceptOnlyFromAmong("marathon");
        var seed = new Option<ulong?>("--seed") { Description = "The first seed; drawn and printed when absent." };
        var runs = new Option<int?>("--runs") { Description = "Runs of each scenario; 1 when neither this nor --minutes is given." };
        var minutes = new Option<double?>("--minutes") { Description = "Run for so long instead." };
        var nodes = new Option<int?>("--nodes") { Description = "Cluster size instead of the scenario's." };
        var jobs = new Option<int>("--jobs") { Description = "Worlds at the same time.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var bundles = new Option<DirectoryInfo>("--bundles") { Description = "Where failure bundles go.", DefaultValueFactory = _ => new DirectoryInfo("artifacts/novasim") };
        var shrink = new Option<bool>("--shrink") { Description = "Make a failure smaller before it is written.", DefaultValueFactory = _ => true };
        var command = new Command("run", "Runs scenarios; exits with 1 on the first violation.") { scenario, driver, seed, runs, minutes, nodes, jobs, bundles, shrink };
        command.SetAction(parsed => new RunBatch(
            parsed.GetValue(scenario) is { } name ? [Catalogue.Find(name)] : Catalogue.All,
            parsed.GetValue(seed) ?? (ulong)Random.Shared.NextInt64(1, int.MaxValue),
            parsed.GetValue(runs) ?? (parsed.GetValue(minutes) is null ? 1 : int.MaxValue),
            parsed.GetValue(minutes) is { } limit ? TimeSpan.FromMinutes(limit) : TimeSpan.MaxValue,
            parsed.GetValue(nodes),
            Math.Max(1, parsed.GetValue(jobs)),
            parsed.GetValue(bundles)!.FullName,
            parsed.GetValue(shrink)).Run());
        return command;
    }
}
