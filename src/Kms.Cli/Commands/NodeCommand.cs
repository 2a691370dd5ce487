using System.CommandLine;
using System.Net.Sockets;
using Kms.Hosting;
using Microsoft.Extensions.Options;

namespace Kms.Cli.Commands;

/// <summary><c>novakms node</c>: one node, as an enclave runs it.</summary>
internal static class NodeCommand
{
    public static Command Create(CliOutput io)
    {
        var listen = new Option<string>("--listen") { Description = "Where to listen, plain HTTP: the ingress ends TLS", HelpName = "URL", DefaultValueFactory = _ => "http://0.0.0.0:8000" };
        var config = new Option<string?>("--config") { Description = "JSON file with the node's settings", HelpName = "FILE" };
        var set = new Option<string[]>("--set") { Description = "One setting, over file and environment (NOVAKMS_KEY); may be repeated", HelpName = "KEY=VALUE", DefaultValueFactory = _ => [] };
        var command = new Command("node", "Run a node until SIGTERM; settings in docs/operations/configuration.md") { listen, config, set };
        command.SetAction(async (parsed, cancel) =>
        {
            try
            {
                return await RunAsync(io, parsed.GetRequiredValue(listen), parsed.GetValue(config), parsed.GetValue(set) ?? [], cancel);
            }
            catch (OptionsValidationException error)
            {
                foreach (string problem in error.Failures)
                {
                    io.Log(problem);
                }

                return ExitCode.Usage;
            }
        });
        return command;
    }

    /// <exception cref="OptionsValidationException">A setting is wrong, or the RPC cannot do what it asks for.</exception>
    private static async Task<int> RunAsync(CliOutput io, string listen, string? config, IReadOnlyList<string> settings, CancellationToken cancel)
    {
        NodeHost host;
        try
        {
            host = await NodeHost.CreateAsync(listen, config, settings);
        }
        catch (Exception error) when (error is FormatException or InvalidDataException or InvalidOperationException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            io.Log($"the configuration cannot be used: {error.Message}");
            return ExitCode.Usage;
        }

        await using (host)
        {
            try
            {
                await host.RunAsync(cancel);
            }
            catch (Exception error) when (error is IOException or SocketException)
            {
                io.Log($"cannot listen at {listen}: {error.Message}");
                return ExitCode.Unavailable;
            }

            return cancel.IsCancellationRequested ? ExitCode.Ok : ExitCode.Unavailable;
        }
    }
}
