using System.Globalization;
using Kms.Devnet;

namespace Kms.Cli.Commands;

/// <summary>Lets a person take nodes away from a running devnet and bring them back. Nothing it is told ends the devnet but <c>stop</c>.</summary>
/// <param name="input">One command a line; its end changes nothing.</param>
internal sealed class DevnetConsole(DevnetCluster devnet, Stream input, Action<string> log)
{
    public const string Commands = "kill N, restart N, freeze, thaw, stop";

    /// <summary>Returns at <c>stop</c>.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        log($"devnet: {Commands}");
        using var lines = new StreamReader(input);
        // A read of a terminal cannot be cancelled: whoever waits for it stops waiting.
        while (await lines.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(cancel) is { } line)
        {
            if (line.Trim() == "stop")
            {
                return;
            }

            await ObeyAsync(line, cancel);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
    }

    private async Task ObeyAsync(string line, CancellationToken cancel)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var node = words.Length == 2 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? devnet.Nodes.FirstOrDefault(one => one.Number == number)
            : null;
        try
        {
            switch (words)
            {
                case []:
                    break;
                case ["kill", _] when node is { IsRunning: true }:
                    await devnet.KillNodeAsync(node);
                    break;
                case ["freeze" or "thaw"]:
                    devnet.FreezeHead(words[0] == "freeze");
                    break;
                case ["restart", _] when node is not null:
                    await devnet.RestartNodeAsync(node, cancel);
                    break;
                default:
                    log($"devnet: '{line}' is not one of {Commands} with a node of 1 to {devnet.Nodes.Count} (kill: one that runs)");
                    break;
            }
        }
        catch (DevnetException error)
        {
            log($"devnet: {line}: {error.Message}");
        }
    }
}
