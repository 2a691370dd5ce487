using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kms.Core.Primitives;

namespace Kms.Core.Json;

/// <summary>
/// A JSON value that <see cref="StrictJson"/> took. Nothing here throws: what is not there, or is of another kind, is
/// <see cref="Absent"/> or null, so that a path into foreign JSON reads as one line.
/// </summary>
internal sealed class JsonValue
{
    /// <summary>What is not there.</summary>
    public static readonly JsonValue Absent = new(JsonKind.Absent);

    internal static readonly JsonValue Null = new(JsonKind.Null);
    internal static readonly JsonValue True = new(JsonKind.True);
    internal static readonly JsonValue False = new(JsonKind.False);

    private readonly ReadOnlyMemory<byte> _raw;
    private readonly bool _isEscaped;
    private readonly Dictionary<string, JsonValue>? _members;
    private readonly List<JsonValue>? _items;

    private JsonValue(
        JsonKind kind, ReadOnlyMemory<byte> raw = default, bool isEscaped = false, Dictionary<string, JsonValue>? members = null, List<JsonValue>? items = null)
    {
        Kind = kind;
        _raw = raw;
        _isEscaped = isEscaped;
        _members = members;
        _items = items;
    }

    public JsonKind Kind { get; }

    /// <summary>The member, or <see cref="Absent"/>.</summary>
    public JsonValue this[string name] => _members is not null && _members.TryGetValue(name, out var value) ? value : Absent;

    /// <summary>The members of an object; none for anything else.</summary>
    public IReadOnlyDictionary<string, JsonValue> Members => _members ?? Empty;

    /// <summary>The items of an array; null for anything else.</summary>
    public IReadOnlyList<JsonValue>? Items => _items;

    /// <summary>A string's text, escapes resolved; null for anything else.</summary>
    public string? Text => Kind != JsonKind.Text ? null : _isEscaped ? Encoding.UTF8.GetString(Unescape()) : Encoding.UTF8.GetString(_raw.Span);

    /// <summary>Null for anything but true and false.</summary>
    public bool? Boolean => Kind switch
    {
        JsonKind.True => true,
        JsonKind.False => false,
        _ => null,
    };

    /// <summary>A number that is written as an integer and fits; null for anything else: nothing is rounded.</summary>
    public long? Int64 => Kind == JsonKind.Number && long.TryParse(_raw.Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>The same without a sign.</summary>
    public ulong? UInt64 => Kind == JsonKind.Number && ulong.TryParse(_raw.Span, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : null;

    /// <summary>A string's UTF-8, escapes resolved, in a pinned array: the caller zeroes it when it is secret.</summary>
    public bool TryUtf8([NotNullWhen(true)] out byte[]? pinned)
    {
        pinned = null;
        if (Kind != JsonKind.Text)
        {
            return false;
        }

        pinned = _isEscaped ? Unescape() : SecretBytes.Copy(_raw.Span);
        return true;
    }

    /// <summary>A string of base64 (RFC 4648 §4, padded) as bytes in a pinned array: the caller zeroes it when it is secret.</summary>
    public bool TryBase64([NotNullWhen(true)] out byte[]? pinned)
    {
        pinned = null;
        if (!TryUtf8(out byte[]? text))
        {
            return false;
        }

        // White space is allowed by the framework's decoder, and by nobody here.
        byte[] decoded = SecretBytes.Allocate(Base64.GetMaxDecodedFromUtf8Length(text.Length));
        try
        {
            bool isBase64 = !text.AsSpan().ContainsAnyExceptInRange((byte)'!', (byte)'~')
                & Base64.DecodeFromUtf8(text, decoded, out int consumed, out int written) == System.Buffers.OperationStatus.Done
                && consumed == text.Length;
            pinned = isBase64 ? SecretBytes.Copy(decoded.AsSpan(0, written)) : null;
            return isBase64;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(decoded);
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>Writes the value again: texts as they are, numbers digit by digit. Nothing for what is absent.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        switch (Kind)
        {
            case JsonKind.Object:
                json.WriteStartObject();
                foreach (var (name, value) in Members)
                {
                    json.WritePropertyName(name);
                    value.WriteTo(json);
                }

                json.WriteEndObject();
                break;
            case JsonKind.Array:
                json.WriteStartArray();
                foreach (var item in _items!)
                {
                    item.WriteTo(json);
                }

                json.WriteEndArray();
                break;
            case JsonKind.Text:
                Invariant.Require(TryUtf8(out byte[]? text));
                json.WriteStringValue(text);
                CryptographicOperations.ZeroMemory(text);
                break;
            case JsonKind.Number:
                json.WriteRawValue(_raw.Span, skipInputValidation: true);
                break;
            case JsonKind.True or JsonKind.False:
                json.WriteBooleanValue(Kind == JsonKind.True);
                break;
            case JsonKind.Null:
                json.WriteNullValue();
                break;
        }
    }

    /// <summary>Never the content: it may be secret.</summary>
    public override string ToString() => Kind.ToString();

    internal static JsonValue OfObject(Dictionary<string, JsonValue> members) => new(JsonKind.Object, members: members);

    internal static JsonValue OfArray(List<JsonValue> items) => new(JsonKind.Array, items: items);

    internal static JsonValue OfText(ReadOnlyMemory<byte> raw, bool isEscaped) => new(JsonKind.Text, raw, isEscaped);

    internal static JsonValue OfNumber(ReadOnlyMemory<byte> raw) => new(JsonKind.Number, raw);

    private static Dictionary<string, JsonValue> Empty { get; } = [];

    /// <summary>Was checked to be text when it was parsed.</summary>
    private byte[] Unescape()
    {
        byte[] quoted = SecretBytes.Allocate(_raw.Length + 2);
        byte[] text = SecretBytes.Allocate(_raw.Length);
        try
        {
            quoted[0] = quoted[^1] = (byte)'"';
            _raw.Span.CopyTo(quoted.AsSpan(1));
            var reader = new Utf8JsonReader(quoted);
            Invariant.Require(reader.Read());
            return SecretBytes.Copy(text.AsSpan(0, reader.CopyString(text)));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(quoted);
            CryptographicOperations.ZeroMemory(text);
        }
    }
}

/// <summary>What a <see cref="JsonValue"/> is.</summary>
internal enum JsonKind
{
    /// <summary>Not there at all.</summary>
    Absent,
    Null,
    True,
    False,
    Number,
    Text,
    Array,
    Object,
}
