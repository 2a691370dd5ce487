using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Kms.Adapters.Ethereum;
using Kms.Adapters.Http;
using Kms.Core.Json;
using JsonValue = Kms.Core.Json.JsonValue;

namespace Kms.Devnet.Chain;

/// <summary>JSON-RPC to the devnet's Anvil, including what only Anvil has: unlocked accounts, balances, mining, reorgs.</summary>
internal sealed class DevnetRpc : IDisposable
{
    // Enough for every call of a devnet; skipping estimation lets dependent transactions share a block.
    private const string GasLimit = "0x7a1200";
    private static readonly MediaTypeHeaderValue JsonType = new("application/json");
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

    /// <summary>The result, which may be null.</summary>
    /// <exception cref="DevnetException">The chain answered an error, or nothing that can be used.</exception>
    public async Task<JsonValue> CallAsync(string method, JsonArray parameters, CancellationToken cancel)
    {
        int id = Interlocked.Increment(ref _lastId);
        var call = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters };

        // A batch of one: so the node's own strict reader reads the answer.
        byte[] body = await PostAsync(method, Encoding.UTF8.GetBytes(new JsonArray(call).ToJsonString()), cancel);
        if (RpcJson.ReadBatch(body, id, count: 1, out string refusal) is not [var answer])
        {
            throw new DevnetException($"{method}: the chain does not answer JSON-RPC ({refusal})");
        }

        return answer.Error is { } error ? throw new DevnetException($"{method}: {error.Message}") : answer.Result;
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
            return HashOf(await CallAsync("eth_sendTransaction", [transaction], cancel), "eth_sendTransaction");
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>The receipt once mined.</summary>
    /// <exception cref="DevnetException">It reverted, or was not mined for 30 seconds.</exception>
    public async Task<JsonValue> ReceiptAsync(string hash, CancellationToken cancel)
    {
        for (int waitedMs = 0; waitedMs < 30_000; waitedMs += 100)
        {
            var receipt = await CallAsync("eth_getTransactionReceipt", [hash], cancel);
            if (receipt.Kind == JsonKind.Object)
            {
                return receipt["status"].Text == "0x1" ? receipt : throw new DevnetException($"transaction {hash} reverted");
            }

            await Task.Delay(100, cancel);
        }

        throw new DevnetException($"transaction {hash} was not mined");
    }

    public async Task<string> FirstAccountAsync(CancellationToken cancel) =>
        await CallAsync("eth_accounts", [], cancel) is { Items: [var first, ..] } && WalletAddress.TryParse(first.Text, out var account)
            ? account.ToString()
            : throw new DevnetException("eth_accounts: the chain has no account");

    public async Task<ulong> BlockNumberAsync(CancellationToken cancel) =>
        RpcJson.TryUInt64(await CallAsync("eth_blockNumber", [], cancel), out ulong number)
            ? number
            : throw new DevnetException("eth_blockNumber: the chain answers no number");

    /// <summary>Whether anything answers as a chain.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancel)
    {
        try
        {
            return (await CallAsync("eth_chainId", [], cancel)).Kind == JsonKind.Text;
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

    private async Task<byte[]> PostAsync(string method, byte[] body, CancellationToken cancel)
    {
        try
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = JsonType;
            using var response = await _http.PostAsync(Url, content, cancel);
            return await BoundedBody.ReadAsync(response.Content, Limits.MaxRpcResponseBytes, cancel)
                ?? throw new DevnetException($"{method}: the chain's answer is too long");
        }
        catch (Exception error) when (error is HttpRequestException or IOException || (error is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new DevnetException($"{method}: the chain does not answer ({error.Message})", error);
        }
    }

    private static string HashOf(JsonValue result, string method) =>
        RpcJson.TryHash(result, out var hash) ? hash.ToString() : throw new DevnetException($"{method}: the chain answers no hash");
}
