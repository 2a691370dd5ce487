using System.Net.Http.Json;
using System.Text.Json;
using Kms.Devnet.Chain;

namespace Kms.Integration.Support;

/// <summary>What only tests do with a chain: what the product has no business doing.</summary>
internal static class AnvilCalls
{
    private static readonly HttpClient Http = new();

    /// <summary>One JSON-RPC call.</summary>
    public static async Task<JsonElement> CallAsync(this AnvilProcess anvil, string method, params object[] parameters)
    {
        using var response = await Http.PostAsJsonAsync(anvil.Url, new { jsonrpc = "2.0", id = 1, method, @params = parameters });
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return answer.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException($"{method}: {answer}");
    }

    public static Task MineAsync(this AnvilProcess anvil, int blocks = 1) => anvil.CallAsync("anvil_mine", $"0x{blocks:x}");

    /// <summary>Replaces the last blocks by empty ones.</summary>
    public static Task ReorgAsync(this AnvilProcess anvil, int depth) => anvil.CallAsync("anvil_reorg", depth, Array.Empty<object>());

    /// <summary>A transaction from an unlocked account, mined and successful.</summary>
    /// <returns>Its hash.</returns>
    public static async Task<string> SendAsync(this AnvilProcess anvil, string from, string to, string data)
    {
        string hash = (await anvil.CallAsync("eth_sendTransaction", new { from, to, data, gas = "0x1000000" })).GetString()!;
        JsonElement receipt;
        while ((receipt = await anvil.CallAsync("eth_getTransactionReceipt", hash)).ValueKind == JsonValueKind.Null)
        {
            await Task.Delay(5);
        }

        if (receipt.GetProperty("status").GetString() != "0x1")
        {
            throw new InvalidOperationException($"the transaction {data} failed");
        }

        return hash;
    }
}
