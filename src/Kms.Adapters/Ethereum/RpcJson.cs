using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Kms.Core;
using Kms.Core.Primitives;

namespace Kms.Adapters.Ethereum;

/// <summary>JSON of the Ethereum JSON-RPC (execution-apis): batches, quantities, data, headers. Strict on the way in.</summary>
internal static class RpcJson
{
    private const int MaxErrorTextChars = 256;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>A batch request with consecutive ids.</summary>
    public static byte[] WriteBatch(IReadOnlyList<RpcCall> calls, long firstId)
    {
        var buffer = new ArrayBufferWriter<byte>(256 * calls.Count);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        for (int i = 0; i < calls.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            json.WriteNumber("id"u8, firstId + i);
            json.WriteString("method"u8, calls[i].Method);
            json.WriteStartArray("params"u8);
            calls[i].WriteParams(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The answers in the order of the calls, or why the body is none: every id once, nothing else.</summary>
    public static RpcAnswer[]? ReadBatch(ReadOnlyMemory<byte> body, long firstId, int count, out string refusal)
    {
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            root = document.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            refusal = "not JSON"; // the latter: a member name with an escaped lone surrogate
            return null;
        }

        if (root.ValueKind == JsonValueKind.Object && TryError(root, out var whole))
        {
            refusal = $"batch refused: {whole}";
            return null;
        }

        if (root.ValueKind != JsonValueKind.Array || root.GetArrayLength() != count)
        {
            refusal = "not an array with an answer for each call";
            return null;
        }

        var answers = new RpcAnswer?[count];
        foreach (var item in root.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object
                || !item.TryGetProperty("jsonrpc"u8, out var version) || version.ValueKind != JsonValueKind.String || !version.ValueEquals("2.0"u8)
                || !item.TryGetProperty("id"u8, out var idElement) || idElement.ValueKind != JsonValueKind.Number
                || !idElement.TryGetInt64(out long id) || id < firstId || id - firstId >= count || answers[id - firstId] is not null)
            {
                refusal = "an answer with another version or id";
                return null;
            }

            bool hasResult = item.TryGetProperty("result"u8, out var result);
            bool hasError = item.TryGetProperty("error"u8, out var errorElement) && errorElement.ValueKind != JsonValueKind.Null;
            RpcError? error = null;
            if (hasError ? !TryError(item, out error) || (hasResult && result.ValueKind != JsonValueKind.Null) : !hasResult)
            {
                refusal = "an answer without result or error, or with both";
                return null;
            }

            answers[id - firstId] = new RpcAnswer(hasError ? default : result, error);
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
    public static bool TryQuantity(JsonElement element, out BigInteger value)
    {
        value = BigInteger.Zero;
        if (!TryHex(element, out string text) || text.Length is < 3 or > 66 || (text[2] == '0' && text.Length > 3))
        {
            return false;
        }

        // A leading zero digit keeps BigInteger from reading a sign.
        return BigInteger.TryParse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    public static bool TryUInt64(JsonElement element, out ulong value)
    {
        bool ok = TryQuantity(element, out var big) && big <= ulong.MaxValue;
        value = ok ? (ulong)big : 0;
        return ok;
    }

    public static bool TryHash(JsonElement element, out Bytes32 value)
    {
        value = default;
        return TryHex(element, out string text) && Bytes32.TryParse(text, out value);
    }

    public static bool TryData(JsonElement element, out byte[] data)
    {
        data = [];
        return TryHex(element, out string text) && Hex.TryDecode(text, Limits.MaxRpcDataBytes, out data);
    }

    /// <summary>A block header's number, hash and timestamp; pending blocks have none and are refused.</summary>
    public static bool TryHeader(JsonElement element, out BlockRef block)
    {
        block = default;
        if (element.ValueKind != JsonValueKind.Object
            || !element.TryGetProperty("number"u8, out var number) || !TryUInt64(number, out ulong height)
            || !element.TryGetProperty("hash"u8, out var hashElement) || !TryHash(hashElement, out var hash) || hash.IsZero
            || !element.TryGetProperty("timestamp"u8, out var time) || !TryUInt64(time, out ulong timestamp))
        {
            return false;
        }

        block = new BlockRef(height, hash, timestamp);
        return true;
    }

    private static bool TryError(JsonElement answer, out RpcError? error)
    {
        error = null;
        if (!answer.TryGetProperty("error"u8, out var element) || element.ValueKind != JsonValueKind.Object
            || !element.TryGetProperty("code"u8, out var codeElement) || codeElement.ValueKind != JsonValueKind.Number || !codeElement.TryGetInt64(out long code)
            || !element.TryGetProperty("message"u8, out var message) || !TryText(message, out string text))
        {
            return false;
        }

        byte[] data = element.TryGetProperty("data"u8, out var dataElement) && TryData(dataElement, out var bytes) ? bytes : [];
        error = new RpcError(code, Printable(text.Length <= MaxErrorTextChars ? text : text[..MaxErrorTextChars]), data);
        return true;
    }

    // Error texts go to operators' logs and come from outside.
    private static string Printable(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c));

    private static bool TryHex(JsonElement element, out string text) => TryText(element, out text) && text.StartsWith("0x", StringComparison.Ordinal);

    private static bool TryText(JsonElement element, out string text)
    {
        text = string.Empty;
        try
        {
            text = element.ValueKind == JsonValueKind.String ? element.GetString()! : string.Empty;
            return element.ValueKind == JsonValueKind.String;
        }
        catch (InvalidOperationException)
        {
            return false; // an escaped lone surrogate: valid JSON, but no text
        }
    }
}
