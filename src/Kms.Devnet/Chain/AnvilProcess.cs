using System.Globalization;
using Kms.Devnet.Processes;

namespace Kms.Devnet.Chain;

/// <summary>Anvil as a child process: a chain of its own on a loopback port. It ends when this is disposed, and when we die.</summary>
internal sealed class AnvilProcess : IAsyncDisposable
{
    /// <summary>What Anvil's chain is without <c>--chain-id</c>.</summary>
    public const ulong DefaultChainId = 31_337;

    private const string ListeningOn = "Listening on ";
    private readonly SupervisedProcess _process;

    private AnvilProcess(SupervisedProcess process, Uri url)
    {
        _process = process;
        Url = url;
    }

    public Uri Url { get; }

    public bool HasExited => _process.HasExited;

    /// <param name="port">0 for a free one, which Anvil itself picks (no race).</param>
    /// <param name="options">More of Anvil's own options.</param>
    /// <exception cref="DevnetException">Not found, or it ended or stayed silent for 30 seconds.</exception>
    public static async Task<AnvilProcess> StartAsync(int port, IReadOnlyList<string> options, CancellationToken cancel)
    {
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        string lastLine = "it printed nothing";
        string[] arguments =
        [
            "--host", "127.0.0.1",
            "--port", port.ToString(CultureInfo.InvariantCulture),
            // Keeps states in memory only: a killed Anvil leaves no files.
            "--prune-history", "1000",
            .. options,
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
