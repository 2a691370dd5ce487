using System.CommandLine;
using System.Diagnostics;
using Kms.Sim.Drivers.Constructs;
using Kms.Sim.Drivers.Rewriting;

namespace Kms.Sim.Cli;

/// <summary><c>novasim constructs</c></summary>
internal static class ConstructsCommand
{
    private const int WhyShown = 160;

    public static Command Create()
    {
        var alone = new Option<string?>("--alone") { Description = "One construct by its name: prints what Coyote makes of it, and why." };
        var command = new Command("constructs", "Measures what Coyote controls on this runtime; exits with 1 when it is not what the rules of Core rely on.") { alone };
        command.SetAction(parsed =>
            !RewrittenCopy.IsThis ? RewrittenCopy.Run(Environment.GetCommandLineArgs().Skip(1))
            : parsed.GetValue(alone) is { } name ? MeasureAlone(name)
            : Measure());
        return command;
    }

    private static int Measure()
    {
        int others = 0;
        foreach (var construct in ConstructTable.All)
        {
            var (control, why) = construct.Expected == Control.Error ? MeasureElsewhere(construct) : ConstructTable.Measure(construct);
            others += Print(construct.Name, construct.Expected.ToString(), control.ToString(), why);
        }

        foreach (var (name, rule, body) in PumpTable.All)
        {
            others += Print(name, rule, PumpTable.Measure(body) ?? "nothing", string.Empty);
        }

        return others == 0 ? 0 : 1;
    }

    private static int MeasureAlone(string name)
    {
        var (control, why) = ConstructTable.Measure(ConstructTable.All.Single(construct => construct.Name == name));
        Console.WriteLine(control);
        Console.WriteLine(why);
        return 0;
    }

    /// <summary>What Coyote cannot control may go on when the schedule is over, and take the process with it: that is an error too.</summary>
    private static (Control Control, string Why) MeasureElsewhere(Construct construct)
    {
        var start = RewrittenCopy.Start(["constructs", "--alone", construct.Name]);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var noise = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();
        return process.ExitCode == 0 && lines.Length > 1 && Enum.TryParse<Control>(lines[0].Trim(), out var control)
            ? (control, lines[1])
            : (Control.Error, $"the process died: {noise.Result.Split('\n')[0]}");
    }

    private static int Print(string name, string expected, string measured, string why)
    {
        bool same = expected == measured;
        var cut = why.Length > WhyShown ? why[..WhyShown] : why;
        Console.WriteLine($"{(same ? "as expected" : "DIFFERENT"),-12} {name,-50} {measured,-16} {(same ? cut : $"expected {expected}: {cut}")}");
        return same ? 0 : 1;
    }
}
