using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Api;

/// <summary>
/// A flat JSON object parsed against the members it may have. Refused: invalid UTF-8, duplicate members, names and values that
/// are no text, wrong types, numbers that are no 64-bit integers, nesting, anything after the object. <c>null</c> counts as absent.
/// </summary>
/// <remarks>
/// Base64 members are decoded without passing through a string, and zeroed by <see cref="Dispose"/>.
/// </remarks>
internal sealed class FlatJson : IDisposable
{
    private readonly object?[] _values;

    private FlatJson(int count) => _values = new object?[count];

    public string? Text(int field) => (string?)_values[field];

    public long? Integer(int field) => (long?)_values[field];

    public byte[]? Bytes(int field) => (byte[]?)_values[field];

    /// <param name="shape">The members; the index in it is the index of the accessors.</param>
    /// <param name="unknown">What becomes of other members. Ignored ones may be nested, but must be JSON and text all the same.</param>
    /// <returns>Or what is wrong, naming the member, never its value.</returns>
    public static Result<FlatJson, ApiRefusal> Parse(ReadOnlySpan<byte> utf8, IReadOnlyList<JsonField> shape, UnknownMembers unknown)
    {
        if (!Utf8.IsValid(utf8))
        {
            return Result<FlatJson, ApiRefusal>.Fail(new ApiRefusal(ApiError.BadJson, "not valid UTF-8"));
        }

        var parsed = new FlatJson(shape.Count);
        ApiRefusal? refusal;
        try
        {
            refusal = parsed.Read(utf8, shape, unknown);
        }
        catch (JsonException)
        {
            refusal = new ApiRefusal(ApiError.BadJson, "not valid JSON, or nested too deep");
        }

        if (refusal is not { } why)
        {
            return Result<FlatJson, ApiRefusal>.Ok(parsed);
        }

        parsed.Dispose();
        return Result<FlatJson, ApiRefusal>.Fail(why);
    }

    public void Dispose()
    {
        foreach (var value in _values)
        {
            if (value is byte[] bytes)
            {
                CryptographicOperations.ZeroMemory(bytes);
            }
        }
    }

    private ApiRefusal? Read(ReadOnlySpan<byte> utf8, IReadOnlyList<JsonField> shape, UnknownMembers unknown)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = Limits.MaxJsonDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return new ApiRefusal(ApiError.BadJson, "not a JSON object");
        }

        ulong seen = 0;
        Invariant.Require(shape.Count <= 64);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Half a surrogate pair is JSON, but no text (RFC 8259 §8.2): the framework throws when it compares such a name.
            if (!IsText(ref reader))
            {
                return new ApiRefusal(ApiError.BadJson, "a member's name is no text");
            }

            int field = IndexOf(shape, ref reader);
            if (field < 0 && unknown == UnknownMembers.Ignored)
            {
                if (!TrySkip(ref reader))
                {
                    return new ApiRefusal(ApiError.BadJson, "a member that this route does not take holds no text");
                }

                continue;
            }

            if (field < 0)
            {
                return new ApiRefusal(ApiError.BadField, "a member that this route does not take");
            }

            if ((seen & (1UL << field)) != 0)
            {
                return new ApiRefusal(ApiError.BadJson, $"{shape[field].Name}: given twice");
            }

            seen |= 1UL << field;
            reader.Read();
            if (ReadValue(ref reader, shape[field], field) is { } refusal)
            {
                return refusal;
            }
        }

        Invariant.Require(reader.TokenType == JsonTokenType.EndObject);
        if (reader.Read())
        {
            return new ApiRefusal(ApiError.BadJson, "something follows the object");
        }

        for (int i = 0; i < shape.Count; i++)
        {
            if (shape[i].Required && _values[i] is null)
            {
                return new ApiRefusal(ApiError.BadField, $"{shape[i].Name}: missing");
            }
        }

        return null;
    }

    /// <summary>Reads on to the end of a member's value. False when a text in it is none: one document has one verdict.</summary>
    private static bool TrySkip(ref Utf8JsonReader reader)
    {
        int depth = reader.CurrentDepth;
        do
        {
            reader.Read();
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && !IsText(ref reader))
            {
                return false;
            }
        }
        while (reader.CurrentDepth > depth || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray);

        return true;
    }

    private ApiRefusal? ReadValue(ref Utf8JsonReader reader, JsonField field, int index)
    {
        switch (field.Kind, reader.TokenType)
        {
            case (_, JsonTokenType.Null):
                return null;

            case (JsonFieldKind.Text, JsonTokenType.String):
                if (!TryGetText(ref reader, out var text))
                {
                    return new ApiRefusal(ApiError.BadJson, $"{field.Name}: not valid Unicode");
                }

                _values[index] = text;
                return null;

            case (JsonFieldKind.Integer, JsonTokenType.Number):
                if (!reader.TryGetInt64(out long number))
                {
                    return new ApiRefusal(ApiError.BadField, $"{field.Name}: not a 64-bit integer");
                }

                _values[index] = number;
                return null;

            case (JsonFieldKind.Base64, JsonTokenType.String):
                return ReadBase64(ref reader, field, index);

            default:
                return new ApiRefusal(ApiError.BadField, $"{field.Name}: wrong type");
        }
    }

    private ApiRefusal? ReadBase64(ref Utf8JsonReader reader, JsonField field, int index)
    {
        byte[] scratch = SecretBytes.Allocate(reader.ValueSpan.Length);
        try
        {
            // Some encoders escape + and / (\u002B, \/): the text is what counts.
            int length = reader.ValueIsEscaped ? CopyUnescaped(ref reader, scratch) : CopyPlain(ref reader, scratch);
            if (length < 0)
            {
                return new ApiRefusal(ApiError.BadJson, $"{field.Name}: not valid Unicode");
            }

            if (length > System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(field.MaxBytes))
            {
                return new ApiRefusal(ApiError.ValueTooLarge, $"{field.Name}: over {field.MaxBytes} bytes");
            }

            if (StrictBase64.TryDecode(scratch.AsSpan(0, length), field.MaxBytes, out var bytes))
            {
                _values[index] = bytes;
                return null;
            }

            // The last group may still decode to a byte or two over the limit.
            return StrictBase64.TryDecode(scratch.AsSpan(0, length), field.MaxBytes + 2, out bytes)
                ? TooLarge(bytes, field)
                : new ApiRefusal(ApiError.BadField, $"{field.Name}: not canonical base64");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scratch);
        }
    }

    private static ApiRefusal TooLarge(byte[] bytes, JsonField field)
    {
        CryptographicOperations.ZeroMemory(bytes);
        return new ApiRefusal(ApiError.ValueTooLarge, $"{field.Name}: over {field.MaxBytes} bytes");
    }

    private static bool IsText(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return true;
        }

        byte[] scratch = SecretBytes.Allocate(reader.ValueSpan.Length);
        try
        {
            return CopyUnescaped(ref reader, scratch) >= 0;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scratch);
        }
    }

    private static int CopyPlain(ref Utf8JsonReader reader, byte[] scratch)
    {
        reader.ValueSpan.CopyTo(scratch);
        return reader.ValueSpan.Length;
    }

    private static int CopyUnescaped(ref Utf8JsonReader reader, byte[] scratch)
    {
        try
        {
            return reader.CopyString(scratch);
        }
        catch (InvalidOperationException)
        {
            // Escapes of half a surrogate pair: the reader has no way to ask beforehand.
            return -1;
        }
    }

    private static bool TryGetText(ref Utf8JsonReader reader, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = reader.GetString();
            return text is not null;
        }
        catch (InvalidOperationException)
        {
            // As above.
            text = null;
            return false;
        }
    }

    private static int IndexOf(IReadOnlyList<JsonField> shape, ref Utf8JsonReader reader)
    {
        for (int i = 0; i < shape.Count; i++)
        {
            if (reader.ValueTextEquals(shape[i].Name))
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>One member that a payload may or must have.</summary>
/// <param name="MaxBytes">For base64: decoded bytes; over it is 413 <c>value_too_large</c>. Text is bounded by its handler.</param>
internal sealed record JsonField(string Name, JsonFieldKind Kind, bool Required, int MaxBytes = 0);

/// <summary>What a member of a request payload must be.</summary>
internal enum JsonFieldKind
{
    Text,
    Integer,
    Base64,
}

/// <summary>What becomes of a payload with members that its route does not know.</summary>
internal enum UnknownMembers
{
    /// <summary>It is refused: a misspelt <c>if_version</c> must not become an unconditional write.</summary>
    Refused,

    /// <summary>They are read over, as existing clients of v1 expect.</summary>
    Ignored,
}
