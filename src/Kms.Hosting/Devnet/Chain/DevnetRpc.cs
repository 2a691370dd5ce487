using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kms.Hosting.Devnet.Chain;

/// <summary>JSON-RPC to the devnet's Anvil, including what only Anvil has: unlocked accounts, balances, mining, reorgs.</summary>
internal sealed class DevnetRpc : IDisposable
{
    // Enough for every call of a devnet; skipping estimation lets dependent transactions share a block.
    private const string GasLimit = "0x7a1200";
    private readonly HttpClient _http;

    // Anvil gives two transactions that one account sends at once the same nonce, and refuses or loses the second.
    private readonly SemaphoreSlim _sending = new(1, 1);
    private int _lastId;

    public DevnetRpc(Uri url)
    {
        Url = url;
        _http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(20) };
    }

    public Uri Url { get; }

    /// <exception cref="DevnetException">The chain answered an error, or not at all.</exception>
    public async Task<JsonNode?> CallAsync(string method, JsonArray parameters, CancellationToken cancel)
    {
        var body = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = Interlocked.Increment(ref _lastId),
            ["method"] = method,
            ["params"] = parameters,
        };
        try
        {
            using var response = await _http.PostAsJsonAsync(Url, body, cancel);
            var answer = await response.Content.ReadFromJsonAsync<JsonObject>(cancel);
            return answer?["error"] is { } error
                ? throw new DevnetException($"{method}: {error["message"]}")
                : answer?["result"]?.DeepClone();
        }
        catch (Exception error) when (error is HttpRequestException or JsonException)
        {
            throw new DevnetException($"{method}: the chain does not answer ({error.Message})", error);
        }
    }

    /// <summary>Sends a call from Anvil's one unlocked account; the receipt comes later.</summary>
    public Task<string> SendAsync(string from, WalletAddress to, byte[] data, CancellationToken cancel) =>
        SendAsync(new JsonObject { ["from"] = from, ["to"] = to.ToString(), ["data"] = Hex.Encode(data), ["gas"] = GasLimit }, cancel);

    /// <summary>Sends a transaction from an unlocked account, after every one sent before it. Returns its hash.</summary>
    public async Task<string> SendAsync(JsonObject transaction, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel);
        try
        {
            return (await CallAsync("eth_sendTransaction", [transaction], cancel))!.GetValue<string>();
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>The receipt once mined.</summary>
    /// <exception cref="DevnetException">It reverted, or was not mined for 30 seconds.</exception>
    public async Task<JsonObject> ReceiptAsync(string hash, CancellationToken cancel)
    {
        for (int waitedMs = 0; waitedMs < 30_000; waitedMs += 100)
        {
            if (await CallAsync("eth_getTransactionReceipt", [hash], cancel) is JsonObject receipt)
            {
                return receipt["status"]?.GetValue<string>() == "0x1" ? receipt : throw new DevnetException($"transaction {hash} reverted");
            }

            await Task.Delay(100, cancel);
        }

        throw new DevnetException($"transaction {hash} was not mined");
    }

    public async Task<string> FirstAccountAsync(CancellationToken cancel) =>
        (await CallAsync("eth_accounts", [], cancel))!.AsArray()[0]!.GetValue<string>();

    public async Task<ulong> BlockNumberAsync(CancellationToken cancel) =>
        ulong.Parse((await CallAsync("eth_blockNumber", [], cancel))!.GetValue<string>().AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>Whether anything answers as a chain.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancel)
    {
        try
        {
            return await CallAsync("eth_chainId", [], cancel) is not null;
        }
        catch (DevnetException)
        {
            return false;
        }
    }

    public Task FundAsync(WalletAddress wallet, CancellationToken cancel) =>
        // 10 ether.
        CallAsync("anvil_setBalance", [wallet.ToString(), "0x8ac7230489e80000"], cancel);

    public void Dispose()
    {
        _http.Dispose();
        _sending.Dispose();
    }
}
