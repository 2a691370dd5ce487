using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Devnet.Chain;
using JsonValue = Kms.Core.Json.JsonValue;

namespace Kms.Integration.Cluster;

/// <summary>Anvil with its miner in the test's hand: which transactions share a block, and which blocks are replaced.</summary>
internal sealed class HandMinedChain(Uri url) : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly DevnetRpc _rpc = new(url);

    public DevnetRpc Rpc => _rpc;

    /// <summary>The first four bytes of a call's data, as hex with 0x.</summary>
    public static string Selector(string signature) => Hex.Encode(Keccak256.Hash(Encoding.ASCII.GetBytes(signature)).ToArray().AsSpan(0, 4));

    public Task StopMiningAsync() => _rpc.CallAsync("evm_setIntervalMining", [0], None);

    public Task ResumeMiningAsync() => _rpc.CallAsync("evm_setIntervalMining", [1], None);

    public async Task MineAsync(int blocks = 1)
    {
        for (int i = 0; i < blocks; i++)
        {
            await _rpc.CallAsync("evm_mine", [], None);
        }
    }

    /// <summary>Replaces the newest blocks by as many empty ones.</summary>
    public Task ReplaceNewestAsync(int blocks) => _rpc.CallAsync("anvil_reorg", [blocks, new JsonArray()], None);

    /// <summary>Every transaction of the newest blocks as it was signed, oldest first.</summary>
    public async Task<IReadOnlyList<string>> RawTransactionsAsync(int newestBlocks)
    {
        ulong head = await _rpc.BlockNumberAsync(None);
        var raw = new List<string>();
        for (ulong number = head - (ulong)newestBlocks + 1; number <= head; number++)
        {
            foreach (var transaction in await TransactionsAsync(number))
            {
                raw.Add((await _rpc.CallAsync("eth_getRawTransactionByHash", [transaction["hash"].Text!], None)).Text!);
            }
        }

        return raw;
    }

    public async Task<IReadOnlyList<JsonValue>> TransactionsAsync(ulong block)
    {
        string number = "0x" + block.ToString("x", CultureInfo.InvariantCulture);
        var answer = await _rpc.CallAsync("eth_getBlockByNumber", [number, true], None);
        return answer["transactions"].Items!;
    }

    /// <summary>Waits until that many calls of a function wait to be mined.</summary>
    public async Task WaitForPendingAsync(string selector, int count)
    {
        for (int waitedMs = 0; waitedMs < 60_000; waitedMs += 50)
        {
            var pool = await _rpc.CallAsync("txpool_content", [], None);
            int found = pool["pending"].Members.Values
                .SelectMany(sender => sender.Members.Values)
                .Count(transaction => transaction["input"].Text!.StartsWith(selector, StringComparison.Ordinal));
            if (found >= count)
            {
                return;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException($"{count} pending calls of {selector} were expected");
    }

    /// <summary>A number that a view of a contract answers.</summary>
    public async Task<ulong> ReadNumberAsync(WalletAddress contract, string signature)
    {
        var call = new JsonObject { ["to"] = contract.ToString(), ["data"] = Selector(signature) };
        string word = (await _rpc.CallAsync("eth_call", [call, "latest"], None)).Text!;
        return ulong.Parse(word.AsSpan(word.Length - 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    public void Dispose() => _rpc.Dispose();
}
