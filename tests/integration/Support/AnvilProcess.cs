using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kms.Integration.Support;

/// <summary>A real Anvil on a free port. It ends when this is disposed, and also when the test process dies.</summary>
internal sealed partial class AnvilProcess : IAsyncDisposable
{
    // The shell holds our end of a pipe as its input: whichever way we end, the pipe closes and Anvil is killed.
    private const string Leash = "\"$@\" & child=$!; cat > /dev/null; kill -9 $child";

    // Old states stay in memory: an Anvil that is killed leaves those that it wrote to disk, up to gigabytes for one test.
    private static readonly string[] KeepsNoFiles = ["--prune-history", "1000"];

    private readonly Process _shell;
    private readonly HttpClient _http = new();

    private AnvilProcess(Process shell, Uri url)
    {
        _shell = shell;
        Url = url;
    }

    public const ulong ChainId = 31337;

    public Uri Url { get; }

    public static async Task<AnvilProcess> StartAsync(params string[] extra)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Leash, "anvil", Foundry.Program("anvil"), "--port", "0", "--host", "127.0.0.1", .. KeepsNoFiles, .. extra])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var shell = Process.Start(start)!;
        string? line;
        while ((line = await shell.StandardOutput.ReadLineAsync()) is not null)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                _ = shell.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                int port = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
                return new AnvilProcess(shell, new Uri($"http://127.0.0.1:{port}"));
            }
        }

        throw new InvalidOperationException("Anvil did not start");
    }

    /// <summary>One JSON-RPC call, for what the product has no business doing.</summary>
    public async Task<JsonElement> CallAsync(string method, params object[] parameters)
    {
        using var response = await _http.PostAsJsonAsync(Url, new { jsonrpc = "2.0", id = 1, method, @params = parameters });
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return answer.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException($"{method}: {answer}");
    }

    public Task MineAsync(int blocks = 1) => CallAsync("anvil_mine", $"0x{blocks:x}");

    /// <summary>Replaces the last blocks by empty ones.</summary>
    public Task ReorgAsync(int depth) => CallAsync("anvil_reorg", depth, Array.Empty<object>());

    /// <summary>A transaction from an unlocked account, mined and successful.</summary>
    /// <returns>Its hash.</returns>
    public async Task<string> SendAsync(string from, string to, string data)
    {
        string hash = (await CallAsync("eth_sendTransaction", new { from, to, data, gas = "0x1000000" })).GetString()!;
        JsonElement receipt;
        while ((receipt = await CallAsync("eth_getTransactionReceipt", hash)).ValueKind == JsonValueKind.Null)
        {
            await Task.Delay(5);
        }

        if (receipt.GetProperty("status").GetString() != "0x1")
        {
            throw new InvalidOperationException($"the transaction {data} failed");
        }

        return hash;
    }

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
        _http.Dispose();
    }

    [GeneratedRegex(@"^Listening on 127\.0\.0\.1:(\d+)")]
    private static partial Regex Listening();
}
