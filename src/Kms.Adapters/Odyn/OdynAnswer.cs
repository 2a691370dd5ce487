using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kms.Core.Primitives;

namespace Kms.Adapters.Odyn;

/// <summary>Fields of a flat JSON object, read without strings, so that secrets can be zeroed by their reader.</summary>
internal static class OdynAnswer
{
    private const int MaxDepth = 4;

    /// <summary>A string member as UTF-8, unescaped; the caller zeroes it when it is secret.</summary>
    /// <returns>False when the body is not one JSON object, or the member is absent, repeated or no string.</returns>
    public static bool TryText(ReadOnlySpan<byte> body, string member, [NotNullWhen(true)] out byte[]? utf8)
    {
        utf8 = null;
        if (!TryFind(body, member, out var reader) || reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        var buffer = new byte[reader.ValueSpan.Length];
        try
        {
            int length = reader.CopyString(buffer);
            utf8 = buffer[..length];
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // an escaped lone surrogate is JSON but no text
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    /// <summary>A member that holds hex, with or without <c>0x</c>; the caller zeroes it when it is secret.</summary>
    public static bool TryHex(ReadOnlySpan<byte> body, string member, int maxBytes, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (!TryText(body, member, out var utf8))
        {
            return false;
        }

        var characters = new char[utf8.Length];
        try
        {
            Encoding.UTF8.GetChars(utf8, characters);
            bool ok = Hex.TryDecode(characters.AsSpan(0, Encoding.UTF8.GetCharCount(utf8)), maxBytes, out var decoded);
            bytes = ok ? decoded : null;
            return ok;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
            CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(characters.AsSpan()));
        }
    }

    public static bool TryBoolean(ReadOnlySpan<byte> body, string member, out bool value)
    {
        bool found = TryFind(body, member, out var reader) && reader.TokenType is JsonTokenType.True or JsonTokenType.False;
        value = found && reader.TokenType == JsonTokenType.True;
        return found;
    }

    /// <summary>An array of strings, at most so many.</summary>
    public static bool TryStrings(ReadOnlySpan<byte> body, string member, int maxCount, out List<string> values)
    {
        values = [];
        if (!TryFind(body, member, out var reader) || reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        try
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.String && values.Count < maxCount)
            {
                values.Add(reader.GetString()!);
            }
        }
        catch (InvalidOperationException)
        {
            return false;
        }

        return reader.TokenType == JsonTokenType.EndArray;
    }

    /// <summary>A reader at the member's value; the rest of the body was read as well, so it is one complete object.</summary>
    private static bool TryFind(ReadOnlySpan<byte> body, string member, out Utf8JsonReader found)
    {
        found = default;
        bool seen = false;
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool match = reader.ValueTextEquals(member);
                reader.Read();
                if (match)
                {
                    if (seen)
                    {
                        return false;
                    }

                    found = reader;
                    seen = true;
                }

                reader.Skip();
            }

            return seen && reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false; // the latter: a member name with an escaped lone surrogate
        }
    }
}
