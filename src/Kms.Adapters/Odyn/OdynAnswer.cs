using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Kms.Core;
using Kms.Core.Json;
using Kms.Core.Primitives;

namespace Kms.Adapters.Odyn;

/// <summary>An answer of Odyn, parsed once: members are read without strings, so that secrets can be zeroed by their reader.</summary>
internal static class OdynAnswer
{
    private const int MaxDepth = 4;

    /// <summary>The body's one JSON object; where it is none, every member is absent. It reads from the body: zero that last.</summary>
    public static JsonValue Read(ReadOnlyMemory<byte> body) =>
        StrictJson.TryParse(body, Limits.MaxOdynResponseBytes, MaxDepth, out var json, out _) ? json : JsonValue.Absent;

    /// <summary>A string that holds hex, with or without <c>0x</c>; the caller zeroes it when it is secret.</summary>
    public static bool TryHex(JsonValue member, int maxBytes, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (!member.TryUtf8(out var utf8))
        {
            return false;
        }

        char[] characters = GC.AllocateArray<char>(utf8.Length, pinned: true);
        try
        {
            int length = Encoding.UTF8.GetChars(utf8, characters);
            bool ok = Hex.TryDecode(characters.AsSpan(0, length), maxBytes, pinned: true, out var decoded);
            bytes = ok ? decoded : null;
            return ok;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(characters.AsSpan()));
        }
    }

    /// <summary>An array of strings, at most so many.</summary>
    public static bool TryStrings(JsonValue member, int maxCount, out List<string> values)
    {
        var items = member.Items;
        values = [.. (items ?? []).Select(item => item.Text).OfType<string>()];
        return items is not null && items.Count <= maxCount && values.Count == items.Count;
    }
}
