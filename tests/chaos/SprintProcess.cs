using System.Diagnostics;
using System.Globalization;
using Kms.Sim.Drivers.Rewriting;

namespace Kms.Chaos;

/// <summary>Runs the program from its rewritten copy, where Coyote controls it: the test process itself is as it was built.</summary>
internal static class SprintProcess
{
    /// <returns>Exit code and everything it printed.</returns>
    public static (int Exit, string Output) Run(params string[] arguments)
    {
        ProcessStartInfo start = RewrittenCopy.Start(arguments);
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    public static (int Exit, string Output) Tell(IEnumerable<string> scenarios, ulong seed, int runs, string bundles, params string[] more) => Run(
    [
        "run", "--driver", "sprint", .. scenarios.SelectMany(static name => new[] { "--scenario", name }), "--seed", seed.ToString(CultureInfo.InvariantCulture),
        "--runs", runs.ToString(CultureInfo.InvariantCulture), "--bundles", bundles, .. more,
    ]);
}
