using System.CommandLine;
using Kms.Devnet;
using Kms.Node;

namespace Kms.Cli.Commands;

/// <summary><c>novakms devnet</c>: a cluster on this machine until Ctrl-C.</summary>
internal static class DevnetCommand
{
    public static Command Create(CliOutput io)
    {
        var defaults = new DevnetOptions();
        var nodes = new Option<int>("--nodes") { Description = $"Number of nodes, 1 to {DevnetOptions.MaxNodes}", DefaultValueFactory = _ => defaults.Nodes };
        var rpc = new Option<string?>("--rpc") { Description = "What nodes have for a chain RPC: one like the enclave's light client (default), or the chain itself (default with a tag)", HelpName = "helios|full" };
        var rpcPort = new Option<int>("--rpc-port") { Description = "Port of the chain (default: a free one)" };
        var nodePort = new Option<int>("--node-port") { Description = "Port of the first node, the others follow (default: free ones)" };
        var depth = new Option<ulong>("--finality-depth") { Description = "Blocks between the latest and the final view", DefaultValueFactory = _ => defaults.FinalityDepth };
        var tag = new Option<string?>("--finality-tag") { Description = "Use the chain's safe or finalized block as the final view", HelpName = "safe|finalized" };
        var supervisor = new Option<string[]>("--supervisor")
        {
            Description = $"Release of the simulated supervisor; several, for the nodes in turn (default {DevnetOptions.Supervisors[0]})",
            HelpName = string.Join('|', DevnetOptions.Supervisors),
            DefaultValueFactory = _ => [],
            AllowMultipleArgumentsPerToken = true,
        };
        var file = new Option<string>("--file") { Description = "Where to describe the devnet for clients", HelpName = "FILE", DefaultValueFactory = _ => defaults.File! };
        var verbose = new Option<bool>("--verbose") { Description = "Show the nodes' logs" };
        var interactive = new Option<bool>("--interactive") { Description = $"Read commands from stdin: {DevnetConsole.Commands}" };
        var command = new Command("devnet", "Run a chain, a cluster and a demo app on this machine until Ctrl-C") { nodes, rpc, rpcPort, nodePort, depth, tag, supervisor, file, verbose, interactive };
        command.SetAction(async (parsed, cancel) =>
        {
            var options = new DevnetOptions
            {
                Nodes = parsed.GetValue(nodes),
                Rpc = parsed.GetValue(rpc),
                RpcPort = parsed.GetValue(rpcPort),
                NodePort = parsed.GetValue(nodePort),
                FinalityDepth = parsed.GetValue(depth),
                FinalityTag = parsed.GetValue(tag),
                Supervisor = parsed.GetRequiredValue(supervisor),
                File = parsed.GetRequiredValue(file),
                OnLog = parsed.GetValue(verbose) ? io.Log : null,
            };
            if (options.Problem() is { } problem)
            {
                throw new UsageException(problem);
            }

            await using (var devnet = await DevnetCluster.StartAsync(options, io.Log, cancel))
            {
                io.Log($"devnet: ready, described in {options.File}; Ctrl-C stops it");
                var told = parsed.GetValue(interactive)
                    ? new DevnetConsole(devnet, Console.OpenStandardInput(), io.Log).RunAsync(cancel)
                    : Task.Delay(Timeout.InfiniteTimeSpan, cancel);
                try
                {
                    await told;
                }
                catch (OperationCanceledException) when (cancel.IsCancellationRequested)
                {
                }

                io.Log("devnet: stopping");
            }

            io.Log("devnet: stopped");
            return ExitCode.Ok;
        });
        return command;
    }
}
