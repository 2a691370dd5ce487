using System.CommandLine;
using Kms.Node;

namespace Kms.Cli.Commands;

/// <summary><c>novakms status</c>: one line per node. Exit 0 when at least one is ready, else 3.</summary>
internal static class StatusCommand
{
    public static Command Create(CliOutput io)
    {
        var command = new Command("status", "Show what each node says of itself (unsigned)");
        var options = new ClientOptions(command);
        var detail = new Option<bool>("--detail") { Description = "Show all that each node tells the wallet that you speak for, if it is one of the node's StatusReaders" };
        command.Options.Add(detail);
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(detail))
            {
                return await ShowDetailsAsync(io, options, parsed, cancel);
            }

            using var connection = options.Open(parsed, withIdentity: false);
            var result = await connection.Client.StatusAsync(cancel);
            if (!result.TryGet(out var nodes))
            {
                return io.Fail(result);
            }

            if (options.Json(parsed))
            {
                io.Object(nodes.Select(one => new { url = one.Node.Url, wallet = one.Node.Wallet.ToString(), reachable = one.Reachable, ready = one.Ready, reason = one.Reason }));
            }
            else
            {
                foreach (var one in nodes)
                {
                    io.Line($"{one.Node.Url} {one.Node.Wallet} {(one.Ready ? "ready" : one.Reason ?? "not ready")}");
                }
            }

            return nodes.Any(one => one.Ready) ? ExitCode.Ok : ExitCode.Unavailable;
        });
        return command;
    }

    private static async Task<int> ShowDetailsAsync(CliOutput io, ClientOptions options, ParseResult parsed, CancellationToken cancel)
    {
        using var connection = options.Open(parsed);
        var result = await connection.Client.DetailsAsync(cancel);
        if (!result.TryGet(out var nodes))
        {
            return io.Fail(result);
        }

        if (options.Json(parsed))
        {
            io.Object(nodes.Select(one => new
            {
                url = one.Node.Url,
                wallet = one.Node.Wallet.ToString(),
                details = one.Json is { } json ? new RawJson(json) : null,
                failure = one.Failure,
            }));
        }
        else
        {
            foreach (var one in nodes)
            {
                io.Line($"{one.Node.Url} {one.Node.Wallet} {one.Json ?? one.Failure}");
            }
        }

        return nodes.Any(one => one.Json is not null) ? ExitCode.Ok : ExitCode.Unavailable;
    }
}
