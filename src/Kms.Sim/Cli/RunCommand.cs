using System.CommandLine;
using Kms.Sim.Drivers;
using Kms.Sim.Drivers.Rewriting;
using Kms.Sim.Scenarios;

namespace Kms.Sim.Cli;

/// <summary><c>novasim run</c></summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var scenario = new Option<string[]>("--scenario") { Description = "A scenario's name, and again for others; all of them, each as often as it is worth, when absent." };
        var driver = new Option<string>("--driver") { Description = "marathon or sprint.", DefaultValueFactory = _ => MarathonDriver.DriverName };
        driver.AcceptOnlyFromAmong(MarathonDriver.DriverName, SprintDriver.DriverName);
        var strategy = new Option<SprintStrategy?>("--strategy") { Description = "How a Sprint schedules; each seed draws it when absent." };
        var seed = new Option<ulong?>("--seed") { Description = "The first seed; drawn and printed when absent." };
        var runs = new Option<int?>("--runs") { Description = "Runs of each scenario; 1 when neither this nor --minutes is given." };
        var minutes = new Option<double?>("--minutes") { Description = "Run for so long instead." };
        var nodes = new Option<int?>("--nodes") { Description = "Cluster size instead of the scenario's." };
        var jobs = new Option<int>("--jobs") { Description = "Worlds at the same time (marathon).", DefaultValueFactory = _ => Environment.ProcessorCount };
        var bundles = new Option<DirectoryInfo>("--bundles") { Description = "Where failure bundles go.", DefaultValueFactory = _ => new DirectoryInfo("artifacts/novasim") };
        var shrink = new Option<bool>("--shrink") { Description = "Make a failure smaller before it is written.", DefaultValueFactory = _ => true };
        var quiet = new Option<bool>("--quiet") { Description = "No line for each run, only the sums." };
        var command = new Command("run", "Runs scenarios; exits with 1 on the first violation.") { scenario, driver, strategy, seed, runs, minutes, nodes, jobs, bundles, shrink, quiet };
        command.SetAction(parsed =>
        {
            var told = Driver.Find(parsed.GetValue(driver)!, parsed.GetValue(strategy));
            if (told is SprintDriver && !RewrittenCopy.IsThis)
            {
                return RewrittenCopy.Run(Environment.GetCommandLineArgs().Skip(1));
            }

            string[] names = parsed.GetValue(scenario) ?? [];
            if (names.Except(Catalogue.All.Select(static one => one.Name)).FirstOrDefault() is { } unknown)
            {
                Console.Error.WriteLine($"there is no scenario {unknown}: see novasim list");
                return 2;
            }

            Scenario[] scenarios = names.Length > 0 ? [.. names.Select(Catalogue.Find)] : [.. Catalogue.All.Where(told.Tells)];
            if (scenarios.FirstOrDefault(one => !told.Tells(one)) is { } other)
            {
                Console.Error.WriteLine($"{other.Name} is not meant for {told.Name}: see novasim list");
                return 2;
            }

            return new RunBatch(
                told,
                [.. scenarios.Select(one => (one, names.Length > 0 ? 1 : told.Weight(one)))],
                parsed.GetValue(seed) ?? (ulong)Random.Shared.NextInt64(1, int.MaxValue),
                parsed.GetValue(runs) ?? (parsed.GetValue(minutes) is null ? 1 : int.MaxValue),
                parsed.GetValue(minutes) is { } limit ? TimeSpan.FromMinutes(limit) : TimeSpan.MaxValue,
                parsed.GetValue(nodes),
                told is SprintDriver ? 1 : Math.Max(1, parsed.GetValue(jobs)),
                parsed.GetValue(bundles)!.FullName,
                parsed.GetValue(shrink),
                parsed.GetValue(quiet)).Run();
        });
        return command;
    }
}
