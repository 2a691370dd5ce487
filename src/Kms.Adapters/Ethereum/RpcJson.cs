using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Kms.Core;
using Kms.Core.Json;
using Kms.Core.Primitives;
using Nethereum.JsonRpc.Client.RpcMessages;

namespace Kms.Adapters.Ethereum;

/// <summary>JSON of the Ethereum JSON-RPC (execution-apis): batches, quantities, data, headers. Strict on the way in.</summary>
internal static class RpcJson
{
    private const int MaxErrorTextChars = 256;

    private const int MaxDepth = 16;

    /// <summary>A batch request with consecutive ids.</summary>
    public static byte[] WriteBatch(IReadOnlyList<RpcCall> calls, long firstId) =>
        JsonSerializer.SerializeToUtf8Bytes(calls.Select((call, i) => new RpcRequestMessage(firstId + i, call.Method, call.Params)));

    /// <summary>The answers in the order of the calls, or why the body is none: every id once, nothing else.</summary>
    public static RpcAnswer[]? ReadBatch(ReadOnlyMemory<byte> body, long firstId, int count, out string refusal)
    {
        if (!StrictJson.TryParse(body, Limits.MaxRpcResponseBytes, MaxDepth, out var root, out var why))
        {
            refusal = $"not JSON: {why}";
            return null;
        }

        if (TryError(root, out var whole))
        {
            refusal = $"batch refused: {whole}";
            return null;
        }

        if (root.Items is not { } items || items.Count != count)
        {
            refusal = "not an array with an answer for each call";
            return null;
        }

        var answers = new RpcAnswer?[count];
        foreach (var item in items)
        {
            if (item["jsonrpc"].Text != "2.0" || item["id"].Int64 is not { } id || id < firstId || id - firstId >= count || answers[id - firstId] is not null)
            {
                refusal = "an answer with another version or id";
                return null;
            }

            var result = item["result"];
            bool hasError = item["error"].Kind is not (JsonKind.Absent or JsonKind.Null);
            RpcError? error = null;
            if (hasError ? !TryError(item, out error) || result.Kind is not (JsonKind.Absent or JsonKind.Null) : result.Kind == JsonKind.Absent)
            {
                refusal = "an answer without result or error, or with both";
                return null;
            }

            answers[id - firstId] = new RpcAnswer(hasError ? JsonValue.Absent : result, error);
        }

        refusal = string.Empty;
        return Array.ConvertAll(answers, static answer => answer!.Value);
    }

    public static string Quantity(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    public static string Quantity(BigInteger value)
    {
        string digits = value.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
        return digits.Length == 0 ? "0x0" : "0x" + digits;
    }

    /// <summary>A quantity: <c>0x</c> and 1 to 64 hex digits without leading zeros.</summary>
    public static bool TryQuantity(JsonValue element, out BigInteger value)
    {
        value = BigInteger.Zero;
        if (!TryHex(element, out string text) || text.Length is < 3 or > 66 || (text[2] == '0' && text.Length > 3))
        {
            return false;
        }

        // A leading zero digit keeps BigInteger from reading a sign.
        return BigInteger.TryParse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    public static bool TryUInt64(JsonValue element, out ulong value)
    {
        bool ok = TryQuantity(element, out var big) && big <= ulong.MaxValue;
        value = ok ? (ulong)big : 0;
        return ok;
    }

    public static bool TryHash(JsonValue element, out Bytes32 value)
    {
        value = default;
        return TryHex(element, out string text) && Bytes32.TryParse(text, out value);
    }

    public static bool TryData(JsonValue element, out byte[] data)
    {
        data = [];
        return TryHex(element, out string text) && Hex.TryDecode(text, Limits.MaxRpcDataBytes, out data);
    }

    /// <summary>A block header's number, hash and timestamp; pending blocks have none and are refused.</summary>
    public static bool TryHeader(JsonValue element, out BlockRef block)
    {
        block = default;
        if (!TryUInt64(element["number"], out ulong height) || height > long.MaxValue // the node adds to it, checked
            || !TryHash(element["hash"], out var hash) || hash.IsZero
            || !TryUInt64(element["timestamp"], out ulong timestamp))
        {
            return false;
        }

        block = new BlockRef(height, hash, timestamp);
        return true;
    }

    private static bool TryError(JsonValue answer, out RpcError? error)
    {
        error = null;
        var element = answer["error"];
        if (element["code"].Int64 is not { } code || element["message"].Text is not { } text)
        {
            return false;
        }

        byte[] data = TryData(element["data"], out var bytes) ? bytes : [];
        error = RpcError.From(code, text, Printable(text.Length <= MaxErrorTextChars ? text : text[..MaxErrorTextChars]), data);
        return true;
    }

    // Error texts go to operators' logs and come from outside.
    private static string Printable(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c));

    private static bool TryHex(JsonValue element, out string text)
    {
        text = element.Text ?? string.Empty;
        return text.StartsWith("0x", StringComparison.Ordinal);
    }
}
