using System.CommandLine;
using Kms.Sim.Drivers;
using Kms.Sim.Drivers.Rewriting;

namespace Kms.Sim.Cli;

/// <summary><c>novasim replay bundle.json</c></summary>
internal static class ReplayCommand
{
    /// <summary>Exit code of a replay that was another run than the bundle's, whatever came of it.</summary>
    public const int AnotherRun = 3;

    private const int TraceShown = 40;

    public static Command Create()
    {
        var bundle = new Argument<FileInfo>("bundle") { Description = "A failure bundle." };
        var command = new Command("replay", $"Runs a failure bundle again; exits with 1 when a rule breaks again, 0 when none does, {AnotherRun} when it is another run than the bundle's: the event hashes differ.") { bundle };
        command.SetAction(parsed => Bundle.Read(parsed.GetValue(bundle)!.FullName).Driver == SprintDriver.DriverName && !RewrittenCopy.IsThis
            ? RewrittenCopy.Run(["replay", parsed.GetValue(bundle)!.FullName])
            : Replay(parsed.GetValue(bundle)!));
        return command;
    }

    private static int Replay(FileInfo file)
    {
        var bundle = Bundle.Read(file.FullName);
        if (bundle.Commit != Bundle.CurrentCommit)
        {
            Console.WriteLine($"note: the bundle is of commit {bundle.Commit}, this is {Bundle.CurrentCommit}");
        }

        var driver = Driver.Find(bundle.Driver);
        var promises = bundle.Violation.Checker == "Promises" ? Scenarios.Catalogue.Find(bundle.Spec.Scenario).Promises : [];
        var report = driver.Run(bundle.Spec, promises, TraceShown, ReplayTrace(bundle));
        foreach (var happened in report.Trace)
        {
            Console.WriteLine($"{happened.At} {happened.Lane,-8} {happened.Kind,-10} {happened.Text}");
        }

        Console.WriteLine(report.Violation is { } violation ? $"violation {violation.Checker} at {violation.At}: {violation.Text}" : "no violation");
        if (report.Hash != bundle.Hash)
        {
            Console.WriteLine($"ANOTHER RUN than the bundle's: seed={bundle.Spec.Seed} hash={report.Hash}, the bundle says {bundle.Hash}");
            return AnotherRun;
        }

        Console.WriteLine($"seed={bundle.Spec.Seed} hash={report.Hash} (the bundle's)");
        return report.Violation is null ? 0 : 1;
    }

    /// <summary>Priorities are learnt from earlier schedules of the same process, so that strategy follows its trace; others their seed.</summary>
    private static string? ReplayTrace(Bundle bundle) => bundle.Spec.Schedule is { Strategy: SprintStrategy.Prioritization } ? bundle.ScheduleTrace : null;
}
