namespace Kms.Core.Primitives;

/// <summary>The only hexadecimal codec of the solution: lower-case out, either case in, optional <c>0x</c>.</summary>
public static class Hex
{
    /// <summary>Lower-case hex with the <c>0x</c> prefix.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => string.Concat("0x", Convert.ToHexStringLower(bytes));

    /// <summary>Lower-case hex without a prefix.</summary>
    public static string EncodeBare(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>Decodes into a destination that must be filled exactly. False on any other length or character.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        var digits = WithoutPrefix(text);
        return digits.Length == destination.Length * 2
            && Convert.FromHexString(digits, destination, out _, out int written) == System.Buffers.OperationStatus.Done
            && written == destination.Length;
    }

    /// <summary>Decodes at most <paramref name="maxBytes"/> bytes. False on odd length, other characters, or more bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, int maxBytes, out byte[] bytes) => TryDecode(text, maxBytes, pinned: false, out bytes);

    /// <param name="pinned">For secrets: <see cref="SecretBytes"/>.</param>
    internal static bool TryDecode(ReadOnlySpan<char> text, int maxBytes, bool pinned, out byte[] bytes)
    {
        var digits = WithoutPrefix(text);
        bytes = [];
        if (digits.Length % 2 != 0 || digits.Length / 2 > maxBytes)
        {
            return false;
        }

        byte[] buffer = GC.AllocateUninitializedArray<byte>(digits.Length / 2, pinned);
        if (!TryDecode(digits, buffer))
        {
            return false;
        }

        bytes = buffer;
        return true;
    }

    /// <summary>Decodes text that the program itself wrote. Throws <see cref="FormatException"/>.</summary>
    public static byte[] Decode(string text) => Convert.FromHexString(WithoutPrefix(text));

    private static ReadOnlySpan<char> WithoutPrefix(ReadOnlySpan<char> text) =>
        text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
}
