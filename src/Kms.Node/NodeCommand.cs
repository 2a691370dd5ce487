using System.CommandLine;
using System.Net.Sockets;
using Kms.Hosting;
using Microsoft.Extensions.Options;

namespace Kms.Node;

/// <summary>One node, as an enclave runs it: what <c>novakms-node</c> is and <c>novakms node</c> does.</summary>
internal static class NodeCommand
{
    public const string Description = "Run a node until SIGTERM; settings in docs/operations/configuration.md";

    /// <summary>Gives a command the options and the work of a node.</summary>
    /// <param name="log">Takes lines for people, from any thread.</param>
    public static T In<T>(T command, Action<string> log)
        where T : Command
    {
        var listen = new Option<string>("--listen") { Description = "Where to listen, plain HTTP: the ingress ends TLS", HelpName = "URL", DefaultValueFactory = _ => "http://0.0.0.0:8000" };
        var config = new Option<string?>("--config") { Description = "JSON file with the node's settings", HelpName = "FILE" };
        var set = new Option<string[]>("--set") { Description = "One setting, over file and environment (NOVAKMS_KEY); may be repeated", HelpName = "KEY=VALUE", DefaultValueFactory = _ => [] };
        command.Add(listen);
        command.Add(config);
        command.Add(set);
        command.SetAction(async (parsed, cancel) =>
        {
            try
            {
                return await RunAsync(log, parsed.GetRequiredValue(listen), parsed.GetValue(config), parsed.GetValue(set) ?? [], cancel);
            }
            catch (OptionsValidationException error)
            {
                foreach (string problem in error.Failures)
                {
                    log(problem);
                }

                return ExitCode.Usage;
            }
        });
        return command;
    }

    /// <exception cref="OptionsValidationException">A setting is wrong, or the RPC cannot do what it asks for.</exception>
    private static async Task<int> RunAsync(Action<string> log, string listen, string? config, IReadOnlyList<string> settings, CancellationToken cancel)
    {
        NodeHost host;
        try
        {
            host = await NodeHost.CreateAsync(listen, config, settings);
        }
        catch (Exception error) when (error is FormatException or InvalidDataException or InvalidOperationException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            log($"the configuration cannot be used: {error.Message}");
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
                log($"cannot listen at {listen}: {error.Message}");
                return ExitCode.Unavailable;
            }

            return cancel.IsCancellationRequested ? ExitCode.Ok : ExitCode.Unavailable;
        }
    }
}
