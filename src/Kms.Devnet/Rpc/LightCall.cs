using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kms.Adapters.Ethereum;
using Kms.Core.Json;

namespace Kms.Devnet.Rpc;

/// <summary>One call, and what a Helios light client of an OP-stack chain makes of it. Read from the source of a16z/helios.</summary>
/// <param name="Id">As it was sent.</param>
/// <param name="Params">Absent ones are none.</param>
internal sealed record LightCall(JsonValue Id, string Method, IReadOnlyList<JsonValue> Params)
{
    /// <summary>Seconds after which the newest block is taken for one of a chain that went on without us.</summary>
    private const long MaxHeadAgeSeconds = 60;

    /// <summary>Of everybody, whatever the network asks for.</summary>
    private const ulong TipWei = 1_000_000_000;

    private const int NoBlock = -1;
    private const int ImpliedBlock = -2;

    private const string TooOldToProve =
        "server returned an error response: error code -32602: distance to target block exceeds maximum proof window";

    // Every method that there is, and which of its parameters names the block.
    private static readonly FrozenDictionary<string, int> BlockParameter = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["eth_blockNumber"] = ImpliedBlock,
        ["eth_call"] = 1,
        ["eth_chainId"] = NoBlock,
        ["eth_estimateGas"] = 1,
        ["eth_gasPrice"] = ImpliedBlock,
        ["eth_getBalance"] = 1,
        ["eth_getBlockByHash"] = NoBlock,
        ["eth_getBlockByNumber"] = 0,
        ["eth_getBlockReceipts"] = 0,
        ["eth_getCode"] = 1,
        ["eth_getLogs"] = NoBlock,
        ["eth_getProof"] = 2,
        ["eth_getStorageAt"] = 2,
        ["eth_getTransactionByHash"] = NoBlock,
        ["eth_getTransactionCount"] = 1,
        ["eth_getTransactionReceipt"] = NoBlock,
        ["eth_maxPriorityFeePerGas"] = NoBlock,
        ["eth_sendRawTransaction"] = NoBlock,
        ["eth_syncing"] = NoBlock,
        ["net_version"] = NoBlock,
        ["web3_clientVersion"] = NoBlock,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Null for what is no call.</summary>
    public static LightCall? From(JsonValue json) =>
        json["jsonrpc"].Text == "2.0" && json["id"].Kind is JsonKind.Number or JsonKind.Text && json["method"].Text is { } method
            && json["params"].Kind is JsonKind.Array or JsonKind.Absent
            ? new LightCall(json["id"], method, json["params"].Items ?? [])
            : null;

    /// <summary>The answer that needs nobody else; null when the chain is to be asked (<see cref="Forward"/>).</summary>
    /// <param name="head">The newest block that this client knows.</param>
    public LightAnswer? Answer(BlockRef head, long nowSeconds)
    {
        if (!BlockParameter.TryGetValue(Method, out int at))
        {
            return LightAnswer.Fail(LightAnswer.MethodNotFound, "Method not found");
        }

        string? tag = at == ImpliedBlock || (Method == "eth_estimateGas" && Params.Count <= at) ? "latest" : null;
        if (at >= 0 && tag is null)
        {
            if (Params.Count <= at)
            {
                return LightAnswer.Fail(LightAnswer.InvalidParams, "Invalid params");
            }

            tag = Params[at].Text;
        }

        long behind = nowSeconds - (long)head.TimestampSeconds;
        return tag switch
        {
            "latest" when behind > MaxHeadAgeSeconds => LightAnswer.Fail(string.Create(CultureInfo.InvariantCulture, $"out of sync: {behind} seconds behind")),
            "pending" or "earliest" or "safe" or "finalized" => Method == "eth_getBlockByNumber" && tag != "pending"
                ? LightAnswer.Ok(JsonValue.Null)
                : LightAnswer.Fail($"block not found: {tag}"),
            _ => AnswerOfBlock(head, at),
        };
    }

    /// <summary>The call as the chain is asked it: at the newest block that this client knows, by number.</summary>
    public RpcCall Forward(BlockRef head)
    {
        int at = BlockParameter[Method];
        return Method == "eth_estimateGas"
            // What one run used, whether or not it reverted: an estimate of the chain's would be the least limit that succeeds.
            ? new RpcCall("debug_traceCall", new Passed(Params[0]), RpcJson.Quantity(head.Number), new { tracer = "callTracer" })
            : new RpcCall(Method, [.. Params.Select((value, i) => i == at && value.Text == "latest" ? RpcJson.Quantity(head.Number) : (object)new Passed(value))]);
    }

    /// <summary>What this client makes of the chain's answer.</summary>
    public LightAnswer Translate(RpcAnswer answer)
    {
        if (answer.Error is { } error)
        {
            return LightAnswer.Fail(error.Data.IsEmpty ? error.Message : $"execution reverted: {Hex.Encode(error.Data.Span)[2..]}");
        }

        return Method switch
        {
            "eth_estimateGas" => answer.Result["gasUsed"] is { Kind: JsonKind.Text } used ? LightAnswer.Ok(used) : LightAnswer.Fail("execution halted"),
            "eth_getTransactionByHash" when answer.Result.Kind == JsonKind.Object && answer.Result["blockHash"].Kind != JsonKind.Text =>
                LightAnswer.Fail("block not found"),
            "eth_getTransactionReceipt" when answer.Result.Kind == JsonKind.Null => LightAnswer.Fail("receipt not found"),
            _ => LightAnswer.Ok(answer.Result),
        };
    }

    private LightAnswer? AnswerOfBlock(BlockRef head, int at)
    {
        switch (Method)
        {
            case "eth_blockNumber":
                return LightAnswer.Ok(head.Number);
            case "eth_maxPriorityFeePerGas":
                return LightAnswer.Ok(TipWei);
        }

        bool isNewer = at >= 0 && RpcJson.TryUInt64(Params[at], out ulong number) && number > head.Number;
        return isNewer ? Method == "eth_getBlockByNumber" ? LightAnswer.Ok(JsonValue.Null) : LightAnswer.Fail("block not found")
            : Method == "eth_getProof" && !IsNewest(Params[at], head) ? LightAnswer.Fail(TooOldToProve)
            : null;
    }

    private static bool IsNewest(JsonValue block, BlockRef head) =>
        block.Text == "latest"
        || (RpcJson.TryUInt64(block, out ulong number) && number == head.Number)
        || (RpcJson.TryHash(block["blockHash"], out var hash) && hash == head.Hash);

    /// <summary>A parameter that is sent on as it came.</summary>
    [JsonConverter(typeof(PassedWriter))]
    private sealed record Passed(JsonValue Value);

    private sealed class PassedWriter : JsonConverter<Passed>
    {
        public override Passed Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, Passed value, JsonSerializerOptions options) => value.Value.WriteTo(writer);
    }
}
