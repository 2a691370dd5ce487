using System.CommandLine;
using Kms.Devnet;
using Kms.Node;

namespace Kms.Cli.Commands;

/// <summary><c>novakms demo</c>: what <c>make demo</c> runs. Its last line says whether everything held.</summary>
internal static class DemoCommand
{
    public static Command Create(CliOutput io)
    {
        var verbose = new Option<bool>("--verbose") { Description = "Show the nodes' logs" };
        var command = new Command("demo", "Start a devnet, use it, kill a node, restart it, stop") { verbose };
        command.SetAction(async (parsed, cancel) =>
        {
            try
            {
                var options = new DevnetOptions { File = null, OnLog = parsed.GetValue(verbose) ? io.Log : null };
                string summary = await new Demo(io.Log).RunAsync(options, cancel);
                io.Line($"demo ok: {summary}");
                return ExitCode.Ok;
            }
            catch (Exception error)
            {
                // The last line has to say that it failed, whatever happened; what is no expected failure also shows where.
                if (error is not (DevnetException or DemoException or OperationCanceledException))
                {
                    io.Log(error.ToString());
                }

                io.Line($"demo failed: {error.Message}");
                return ExitCode.Refused;
            }
        });
        return command;
    }
}
