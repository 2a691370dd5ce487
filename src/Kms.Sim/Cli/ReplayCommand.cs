using System.CommandLine;
using Kms.Sim.Drivers;

namespace Kms.Sim.Cli;

/// <summary><c>novasim replay bundle.json</c></summary>
internal static class ReplayCommand
{
    private const int TraceShown = 40;

    public static Command Create()
    {
        var bundle = new Argument<FileInfo>("bundle") { Description = "A failure bundle." };
        var command = new Command("replay", "Runs a failure bundle again; exits with 1 when the rule breaks again.") { bundle };
        command.SetAction(parsed => Replay(parsed.GetValue(bundle)!));
        return command;
    }

    private static int Replay(FileInfo file)
    {
        var bundle = Bundle.Read(file.FullName);
        if (bundle.Commit != Bundle.CurrentCommit)
        {
            Console.WriteLine($"note: the bundle is of commit {bundle.Commit}, this is {Bundle.CurrentCommit}");
        }

        var report = Marathon.Run(bundle.Spec, [], TraceShown);
        foreach (var happened in report.Trace)
        {
            Console.WriteLine($"{happened.At} {happened.Lane,-8} {happened.Kind,-10} {happened.Text}");
        }

        bool same = report.Hash == bundle.Hash;
        Console.WriteLine($"seed={bundle.Spec.Seed} hash={report.Hash} {(same ? "(the bundle's)" : $"(the bundle says {bundle.Hash})")}");
        Console.WriteLine(report.Violation is { } violation ? $"violation {violation.Checker} at {violation.At}: {violation.Text}" : "no violation");
        return report.Violation is null ? 0 : 1;
    }
}
