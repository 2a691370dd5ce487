using System.CommandLine;
using System.Globalization;
using Kms.Sim.Drivers;
using Kms.Sim.Drivers.Rewriting;
using Kms.Sim.Scenarios;

namespace Kms.Sim.Cli;

/// <summary><c>novasim hunt</c>: how many runs until a scenario finds a flaw, from each of many base seeds.</summary>
internal static class HuntCommand
{
    private const ulong SeedsApart = 1_000;

    public static Command Create()
    {
        var scenario = new Option<string>("--scenario") { Description = "The scenario that is claimed to find it.", Required = true };
        var bases = new Option<int>("--bases") { Description = "Base seeds 1000, 2000, …", DefaultValueFactory = _ => 20 };
        var runs = new Option<int>("--runs") { Description = "Runs from each base seed at most.", DefaultValueFactory = _ => 40 };
        var driver = new Option<string>("--driver") { Description = "marathon or sprint.", DefaultValueFactory = _ => MarathonDriver.DriverName };
        driver.AcceptOnlyFromAmong(MarathonDriver.DriverName, SprintDriver.DriverName);
        var command = new Command("hunt", "Demands that a scenario fails from every base seed; exits with 1 when one holds.") { scenario, driver, bases, runs };
        command.SetAction(parsed =>
        {
            var told = Driver.Find(parsed.GetValue(driver)!, null);
            return told is SprintDriver && !RewrittenCopy.IsThis
                ? RewrittenCopy.Run(Environment.GetCommandLineArgs().Skip(1))
                : Hunt(told, Catalogue.Find(parsed.GetValue(scenario)!), parsed.GetValue(bases), parsed.GetValue(runs));
        });
        return command;
    }

    private static int Hunt(IDriver driver, Scenario scenario, int bases, int limit)
    {
        int held = 0;
        for (ulong number = 1; number <= (ulong)bases; number++)
        {
            ulong first = number * SeedsApart;
            var found = Enumerable.Range(0, limit)
                .Select(i => (Runs: i + 1, Report: driver.Run(driver.Draw(scenario, first + (ulong)i, null), [], 0)))
                .FirstOrDefault(one => one.Report.Violation is not null);
            held += found.Report is null ? 1 : 0;
            Console.WriteLine(found.Report is null
                ? string.Create(CultureInfo.InvariantCulture, $"base={first} held {limit} runs")
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"base={first} runs={found.Runs} seed={found.Report.Spec.Seed} rule={found.Report.Violation!.Checker} at={found.Report.Violation.At:hh\\:mm\\:ss}: {found.Report.Violation.Text}"));
        }

        return held == 0 ? 0 : 1;
    }
}
