using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Kms.Core.Primitives;

/// <summary>Canonical base64 (RFC 4648 §4): padded, no white space, no stray bits, so one value has one text.</summary>
internal static class StrictBase64
{
    /// <summary>Decodes into a destination that must be filled exactly.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (text.Length != Base64.GetMaxEncodedToUtf8Length(destination.Length) || text.ContainsAny(" \t\r\n"))
        {
            return false;
        }

        return Convert.TryFromBase64Chars(text, destination, out int written)
            && written == destination.Length
            && EndsCanonically(text, destination);
    }

    /// <summary>Decodes at most <paramref name="maxBytes"/> bytes of UTF-8 text.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> utf8, int maxBytes, out byte[] bytes)
    {
        bytes = [];
        if (utf8.Length % 4 != 0 || utf8.Length > Base64.GetMaxEncodedToUtf8Length(maxBytes) || utf8.ContainsAny(" \t\r\n"u8))
        {
            return false;
        }

        int padding = utf8.EndsWith("=="u8) ? 2 : utf8.EndsWith("="u8) ? 1 : 0;
        byte[] buffer = SecretBytes.Allocate((utf8.Length / 4 * 3) - padding);
        if (buffer.Length > maxBytes
            || Base64.DecodeFromUtf8(utf8, buffer, out int consumed, out int written) != OperationStatus.Done
            || consumed != utf8.Length
            || written != buffer.Length
            || !EndsCanonically(Encoding.ASCII.GetString(utf8[Math.Max(0, utf8.Length - 4)..]), buffer))
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(buffer);
            return false;
        }

        bytes = buffer;
        return true;
    }

    /// <summary>The unused bits of the last group are zero; only that group is encoded again, since the bytes may be secret.</summary>
    private static bool EndsCanonically(ReadOnlySpan<char> text, ReadOnlySpan<byte> bytes)
    {
        int rest = bytes.Length % 3;
        return rest == 0 || text[^4..].SequenceEqual(Convert.ToBase64String(bytes[^rest..]));
    }
}
