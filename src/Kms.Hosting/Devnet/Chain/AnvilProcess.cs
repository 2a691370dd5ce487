using System.Globalization;

namespace Kms.Hosting.Devnet.Chain;

/// <summary>Anvil as a child process: a chain with one-second blocks on a loopback port.</summary>
internal sealed class AnvilProcess : IAsyncDisposable
{
    private const string ListeningOn = "Listening on ";
    private readonly SupervisedProcess _process;

    private AnvilProcess(SupervisedProcess process, Uri rpcUrl)
    {
        _process = process;
        RpcUrl = rpcUrl;
    }

    public Uri RpcUrl { get; }

    public bool HasExited => _process.HasExited;

    /// <param name="port">0 for a free one, which Anvil itself picks (no race).</param>
    /// <param name="slotsInAnEpoch">Blocks that <c>safe</c> trails the latest block; <c>finalized</c> trails twice as many.</param>
    /// <exception cref="DevnetException">Not found, or it ended or stayed silent for 30 seconds.</exception>
    public static async Task<AnvilProcess> StartAsync(int port, ulong chainId, ulong slotsInAnEpoch, CancellationToken cancel)
    {
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        string lastLine = "it printed nothing";
        string[] arguments =
        [
            "--host", "127.0.0.1",
            "--port", port.ToString(CultureInfo.InvariantCulture),
            "--chain-id", chainId.ToString(CultureInfo.InvariantCulture),
            "--block-time", "1",
            "--slots-in-an-epoch", slotsInAnEpoch.ToString(CultureInfo.InvariantCulture),
            "--accounts", "1",
            "--balance", "1000000000",
            // Keeps states in memory only: a killed Anvil leaves no files.
            "--prune-history", "1000",
        ];
        var process = SupervisedProcess.Start(ToolFinder.Find("anvil"), arguments, line =>
        {
            lastLine = line.Length == 0 ? lastLine : line;
            if (line.StartsWith(ListeningOn, StringComparison.Ordinal))
            {
                listening.TrySetResult(new Uri("http://" + line[ListeningOn.Length..].Trim()));
            }
        });
        try
        {
            for (int waitedMs = 0; !listening.Task.IsCompleted; waitedMs += 50)
            {
                if (process.HasExited || waitedMs > 30_000)
                {
                    throw new DevnetException($"anvil did not start: {lastLine}");
                }

                await Task.Delay(50, cancel);
            }

            return new AnvilProcess(process, await listening.Task);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.StopAsync();
        _process.Dispose();
    }
}
