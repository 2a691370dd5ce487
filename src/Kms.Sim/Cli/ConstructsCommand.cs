using System.CommandLine;
using Kms.Sim.Drivers.Constructs;
using Kms.Sim.Drivers.Rewriting;

namespace Kms.Sim.Cli;

/// <summary><c>novasim constructs</c></summary>
internal static class ConstructsCommand
{
    private const int WhyShown = 160;

    public static Command Create()
    {
        var command = new Command("constructs", "Measures what Coyote controls on this runtime; exits with 1 when it is not what the rules of Core rely on.");
        command.SetAction(_ => RewrittenCopy.IsThis ? Measure() : RewrittenCopy.Run(["constructs"]));
        return command;
    }

    private static int Measure()
    {
        int others = 0;
        foreach (var construct in ConstructTable.All)
        {
            var (control, why) = ConstructTable.Measure(construct);
            others += Print(construct.Name, construct.Expected.ToString(), control.ToString(), why);
        }

        foreach (var (name, rule, body) in PumpTable.All)
        {
            others += Print(name, rule, PumpTable.Measure(body) ?? "nothing", string.Empty);
        }

        return others == 0 ? 0 : 1;
    }

    private static int Print(string name, string expected, string measured, string why)
    {
        bool same = expected == measured;
        var cut = why.Length > WhyShown ? why[..WhyShown] : why;
        Console.WriteLine($"{(same ? "as expected" : "DIFFERENT"),-12} {name,-50} {measured,-16} {(same ? cut : $"expected {expected}: {cut}")}");
        return same ? 0 : 1;
    }
}
