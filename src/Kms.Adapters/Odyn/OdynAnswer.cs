using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Kms.Core;
using Kms.Core.Json;
using Kms.Core.Primitives;

namespace Kms.Adapters.Odyn;

/// <summary>Fields of a JSON object, read without strings, so that secrets can be zeroed by their reader.</summary>
internal static class OdynAnswer
{
    private const int MaxDepth = 4;

    /// <summary>A string member as UTF-8, unescaped; the caller zeroes it when it is secret.</summary>
    /// <returns>False when the body is not one JSON object, or the member is absent or no string.</returns>
    public static bool TryText(ReadOnlyMemory<byte> body, string member, [NotNullWhen(true)] out byte[]? utf8) =>
        Read(body)[member].TryUtf8(out utf8);

    /// <summary>A member that holds hex, with or without <c>0x</c>; the caller zeroes it when it is secret.</summary>
    public static bool TryHex(ReadOnlyMemory<byte> body, string member, int maxBytes, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (!TryText(body, member, out var utf8))
        {
            return false;
        }

        char[] characters = GC.AllocateArray<char>(utf8.Length, pinned: true);
        try
        {
            int length = Encoding.UTF8.GetChars(utf8, characters);
            bool ok = Hex.TryDecode(characters.AsSpan(0, length), maxBytes, out var decoded);
            bytes = ok ? decoded : null;
            return ok;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(characters.AsSpan()));
        }
    }

    public static bool TryBoolean(ReadOnlyMemory<byte> body, string member, out bool value)
    {
        bool? found = Read(body)[member].Boolean;
        value = found == true;
        return found is not null;
    }

    /// <summary>An array of strings, at most so many.</summary>
    public static bool TryStrings(ReadOnlyMemory<byte> body, string member, int maxCount, out List<string> values)
    {
        var items = Read(body)[member].Items;
        values = [.. (items ?? []).Select(item => item.Text).OfType<string>()];
        return items is not null && items.Count <= maxCount && values.Count == items.Count;
    }

    private static JsonValue Read(ReadOnlyMemory<byte> body) =>
        StrictJson.TryParse(body, Limits.MaxOdynResponseBytes, MaxDepth, out var json, out _) ? json : JsonValue.Absent;
}
