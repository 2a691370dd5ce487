using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using Kms.Core.Primitives;

namespace Kms.Core.Json;

/// <summary>
/// The one reader of JSON that others wrote: peers, nodes that a client asks, RPCs, the supervisor, files. A result and never an
/// exception: whoever answers a node must not be able to make it throw (finding R1).
/// </summary>
/// <remarks>
/// <c>FlatJson</c> of the pipeline reads the one shape of request bodies that hold secrets. The framework's own document model
/// is banned: it takes repeated names, and throws where a name or a value is no text.
/// </remarks>
internal static class StrictJson
{
    /// <param name="utf8">Kept by the value: text is decoded from it when it is asked for, so a caller may zero it afterwards.</param>
    /// <param name="maxDepth">Of nested arrays and objects.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> utf8, int maxBytes, int maxDepth, [NotNullWhen(true)] out JsonValue? value, out JsonRefusal refusal)
    {
        value = null;
        refusal = JsonRefusal.TooLarge;
        if (utf8.Length > maxBytes)
        {
            return false;
        }

        refusal = JsonRefusal.NotUtf8;
        if (!Utf8.IsValid(utf8.Span) || utf8.Span.StartsWith("\uFEFF"u8))
        {
            return false;
        }

        try
        {
            // One deeper, so that the framework's own check, which cannot be told from other malformations, never strikes first.
            var reader = new Utf8JsonReader(utf8.Span, new JsonReaderOptions { MaxDepth = maxDepth + 1 });
            var read = new Reading(utf8, maxDepth);
            value = reader.Read() ? read.Next(ref reader) : null;
            refusal = read.Refusal ?? JsonRefusal.Malformed;

            // What follows the value is read too: white space, or the framework throws.
            value = value is not null && !reader.Read() ? value : null;
        }
        catch (JsonException)
        {
            value = null;
            refusal = JsonRefusal.Malformed;
        }
        catch (InvalidOperationException)
        {
            // The framework's word for half a surrogate pair.
            value = null;
            refusal = JsonRefusal.NotText;
        }

        return value is not null;
    }

    /// <summary>The same within <see cref="Limits.MaxJsonDepth"/>, for callers who only want to know whether.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, int maxBytes, [NotNullWhen(true)] out JsonValue? value) =>
        TryParse(utf8, maxBytes, Limits.MaxJsonDepth, out value, out _);

    private sealed class Reading(ReadOnlyMemory<byte> utf8, int maxDepth)
    {
        private int _values;

        public JsonRefusal? Refusal { get; private set; }

        /// <summary>The value that the reader stands at; null when it is refused.</summary>
        public JsonValue? Next(ref Utf8JsonReader reader)
        {
            if (++_values > Limits.MaxJsonValues)
            {
                return Refuse(JsonRefusal.TooMany);
            }

            return reader.TokenType switch
            {
                JsonTokenType.StartObject => Object(ref reader),
                JsonTokenType.StartArray => Array(ref reader),
                JsonTokenType.String => Text(ref reader),
                JsonTokenType.Number => JsonValue.OfNumber(Slice(ref reader, 0)),
                JsonTokenType.True => JsonValue.True,
                JsonTokenType.False => JsonValue.False,
                _ => JsonValue.Null,
            };
        }

        private JsonValue? Object(ref Utf8JsonReader reader)
        {
            if (reader.CurrentDepth >= maxDepth)
            {
                return Refuse(JsonRefusal.TooDeep);
            }

            var members = new Dictionary<string, JsonValue>(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                reader.Read();
                if (Next(ref reader) is not { } value)
                {
                    return null;
                }

                if (!members.TryAdd(name, value))
                {
                    return Refuse(JsonRefusal.RepeatedName);
                }
            }

            return JsonValue.OfObject(members);
        }

        private JsonValue? Array(ref Utf8JsonReader reader)
        {
            if (reader.CurrentDepth >= maxDepth)
            {
                return Refuse(JsonRefusal.TooDeep);
            }

            var items = new List<JsonValue>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (Next(ref reader) is not { } value)
                {
                    return null;
                }

                items.Add(value);
            }

            return JsonValue.OfArray(items);
        }

        private JsonValue Text(ref Utf8JsonReader reader)
        {
            if (reader.ValueIsEscaped)
            {
                // Only to know that it is text; it may be secret.
                byte[] scratch = SecretBytes.Allocate(reader.ValueSpan.Length);
                try
                {
                    reader.CopyString(scratch);
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(scratch);
                }
            }

            return JsonValue.OfText(Slice(ref reader, 1), reader.ValueIsEscaped);
        }

        /// <param name="skip">The quote that a string begins with.</param>
        private ReadOnlyMemory<byte> Slice(ref Utf8JsonReader reader, int skip) =>
            utf8.Slice((int)reader.TokenStartIndex + skip, reader.ValueSpan.Length);

        private JsonValue? Refuse(JsonRefusal refusal)
        {
            Refusal = refusal;
            return null;
        }
    }
}

/// <summary>Why <see cref="StrictJson"/> did not take a text.</summary>
internal enum JsonRefusal
{
    TooLarge,

    /// <summary>Invalid UTF-8, or a byte order mark (RFC 8259 §8.1).</summary>
    NotUtf8,

    /// <summary>Not one JSON value of RFC 8259 with nothing but white space around it.</summary>
    Malformed,

    /// <summary>An escape that is half of a surrogate pair, in a name or a value: JSON, but no text (RFC 8259 §8.2).</summary>
    NotText,
    TooDeep,

    /// <summary>More values than <see cref="Limits.MaxJsonValues"/>.</summary>
    TooMany,

    /// <summary>Two members of an object have the same name, escapes resolved (RFC 8259 §4).</summary>
    RepeatedName,
}
