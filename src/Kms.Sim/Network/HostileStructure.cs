using System.Formats.Cbor;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Kms.Sim.Network;

/// <summary>
/// Breaks JSON and CBOR as structures, not as bits: what comes out gets past a parser that only looks at the syntax, and hits
/// whatever its reader took for granted. The same draws give the same bytes.
/// </summary>
/// <param name="next">A draw below its argument.</param>
internal sealed class HostileStructure(Func<int, int> next)
{
    /// <summary>Eleven bytes that ended every node: a member name that is half a surrogate pair (finding R1).</summary>
    public static ReadOnlySpan<byte> ElevenBytes => "{\"\\ud800\":1}"u8;

    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-0", "-1", "1.0", "1e0", "1e400", "18446744073709551616", "9223372036854775808", "0.1", "\"\"", "\"\\ud800\"",
        "\"\\udc00x\"", "\"\\u0000\"", "\"0x\"", "\"0x0\"", "\"0xzz\"", "\"////\"", "[]", "{}", "[[]]", "{\"\\ud800\":1}", "{\"a\":{},\"a\":{}}", "\"\\u001b[31m\"",
    ];

    private static readonly string[] Texts =
    [
        "", "{", "}", "[", "\"", "null", "{}", "[]", "{\"\\ud800\":1}", "{\"a\":1}x", "\uFEFF{}", "{\"a\":1,}", "{/**/}", "{'a':1}", "NaN", "{\"a\":01}",
    ];

    /// <summary>A neighbour of a JSON text; of something that is none, some other text.</summary>
    public byte[] OfJson(ReadOnlySpan<byte> json)
    {
        if (next(12) == 0 || !TryRead(json, out var root))
        {
            return Encoding.UTF8.GetBytes(Texts[next(Texts.Length)]);
        }

        // Written by hand: the framework does not write what it would not read.
        var text = new StringBuilder();
        int places = Count(root);
        Write(text, root, next(places), new Counter());
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        return next(24) switch
        {
            0 => [.. bytes, 0xff],
            1 => bytes[..next(bytes.Length + 1)],
            2 => [.. bytes[..1], 0xc3, 0x28, .. bytes[1..]],
            3 => [.. Enumerable.Repeat((byte)'[', 2_000), .. bytes],
            _ => bytes,
        };
    }

    /// <summary>A neighbour of a CBOR item; of something that is none, some other item.</summary>
    public byte[] OfCbor(ReadOnlyMemory<byte> cbor)
    {
        var items = new List<(int At, int Length)>();
        try
        {
            Collect(new CborReader(cbor, CborConformanceMode.Lax), cbor, items);
        }
        catch (Exception notCbor) when (notCbor is CborContentException or InvalidOperationException or OverflowException)
        {
            return Strange();
        }

        var (at, length) = items[next(items.Count)];
        byte[] replacement = next(6) switch
        {
            0 => [],
            1 => [.. cbor.Slice(at, length).Span, .. cbor.Slice(at, length).Span],
            2 => cbor.Slice(items[next(items.Count)].At, 1).ToArray(),
            _ => Strange(),
        };
        return [.. cbor.Span[..at], .. replacement, .. cbor.Span[(at + length)..]];
    }

    private static bool TryRead(ReadOnlySpan<byte> json, out JsonNode? root)
    {
        root = null;
        try
        {
            root = JsonNode.Parse(json);
            _ = Count(root);
            _ = root?.ToJsonString(); // a value that is no text throws when it is written, not before
            return root is not null;
        }
        catch (Exception notJson) when (notJson is System.Text.Json.JsonException or InvalidOperationException or ArgumentException)
        {
            return false;
        }
    }

    private static int Count(JsonNode? node) => 1 + node switch
    {
        JsonObject many => many.Sum(member => Count(member.Value)),
        JsonArray list => list.Sum(Count),
        _ => 0,
    };

    private static void Collect(CborReader reader, ReadOnlyMemory<byte> cbor, List<(int, int)> items)
    {
        int at = cbor.Length - reader.BytesRemaining;
        switch (reader.PeekState())
        {
            case CborReaderState.StartMap:
                var map = new CborReader(cbor[at..], CborConformanceMode.Lax);
                map.SkipValue();
                items.Add((at, cbor.Length - at - map.BytesRemaining));
                reader.ReadStartMap();
                while (reader.PeekState() != CborReaderState.EndMap)
                {
                    Collect(reader, cbor, items);
                }

                reader.ReadEndMap();
                break;
            case CborReaderState.StartArray:
                var array = new CborReader(cbor[at..], CborConformanceMode.Lax);
                array.SkipValue();
                items.Add((at, cbor.Length - at - array.BytesRemaining));
                reader.ReadStartArray();
                while (reader.PeekState() != CborReaderState.EndArray)
                {
                    Collect(reader, cbor, items);
                }

                reader.ReadEndArray();
                break;
            default:
                reader.SkipValue();
                items.Add((at, cbor.Length - reader.BytesRemaining - at));
                break;
        }
    }

    private byte[] Strange() => next(12) switch
    {
        0 => [0xf6], // null
        1 => [0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], // 2^64 - 1
        2 => [0x3b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], // -2^64
        3 => [0x5a, 0x7f, 0xff, 0xff, 0xff], // a byte string of 2 GiB
        4 => [0x9a, 0xff, 0xff, 0xff, 0xff], // an array of 2^32 - 1 items
        5 => [0xbf, 0xff], // a map of indefinite length
        6 => [0x61, 0xff], // a text that is not UTF-8
        7 => [0xfb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0], // NaN
        8 => [0xc2, 0x41, 0x01], // a bignum
        9 => [.. Enumerable.Repeat((byte)0x81, 500), 0xf6], // depth
        10 => [0xa2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x01], // a key twice
        _ => [0x40],
    };

    private void Write(StringBuilder text, JsonNode? node, int target, Counter at)
    {
        bool isTarget = at.Value++ == target;
        if (isTarget && next(2) == 0)
        {
            text.Append(Values[next(Values.Length)]);
            at.Value += Count(node) - 1;
            return;
        }

        switch (node)
        {
            case JsonObject many:
                text.Append('{');
                int i = 0;
                int twist = isTarget ? next(5) : -1;
                int whose = many.Count == 0 ? 0 : next(many.Count);
                foreach (var (name, value) in many)
                {
                    bool here = i == whose;
                    string written = here && twist == 0 ? "\\ud83d" : here && twist == 1 ? name.ToUpperInvariant() : name;
                    text.Append(i++ == 0 ? "" : ",").Append('"').Append(written).Append("\":");
                    Write(text, value, target, at);
                    if (here && twist == 2)
                    {
                        text.Append(",\"").Append(name).Append("\":").Append(value?.ToJsonString() ?? "null");
                    }
                }

                text.Append(twist == 3 ? string.Create(CultureInfo.InvariantCulture, $"{(many.Count == 0 ? "" : ",")}\"new{next(100)}\":{Values[next(Values.Length)]}") : "").Append('}');
                break;
            case JsonArray list:
                text.Append('[');
                for (int item = 0; item < list.Count; item++)
                {
                    text.Append(item == 0 ? "" : ",");
                    Write(text, list[item], target, at);
                }

                text.Append(isTarget ? (list.Count == 0 ? "" : ",") + Values[next(Values.Length)] : "").Append(']');
                break;
            default:
                text.Append(node?.ToJsonString() ?? "null");
                break;
        }
    }

    private sealed class Counter
    {
        public int Value { get; set; }
    }
}
