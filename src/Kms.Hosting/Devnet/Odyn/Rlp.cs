using System.Numerics;

namespace Kms.Hosting.Devnet.Odyn;

/// <summary>Recursive length prefix encoding (Ethereum yellow paper, appendix B), as far as a signed transaction needs it.</summary>
internal static class Rlp
{
    public static byte[] Bytes(ReadOnlySpan<byte> value) =>
        value.Length == 1 && value[0] < 0x80 ? value.ToArray() : [.. Prefix(0x80, value.Length), .. value];

    /// <summary>Big-endian without leading zeros; zero is the empty string.</summary>
    public static byte[] Number(BigInteger value) =>
        value.IsZero ? [0x80] : Bytes(value.ToByteArray(isUnsigned: true, isBigEndian: true));

    /// <param name="items">Each already encoded.</param>
    public static byte[] List(params IEnumerable<byte[]> items) => ListOf([.. items.SelectMany(item => item)]);

    /// <param name="payload">The encoded items, one after the other.</param>
    public static byte[] ListOf(ReadOnlySpan<byte> payload) => [.. Prefix(0xc0, payload.Length), .. payload];

    /// <summary>The payload of a list that fills the input exactly; false for anything else.</summary>
    public static bool TryReadList(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (input.IsEmpty || input[0] < 0xc0)
        {
            return false;
        }

        int sizeBytes = input[0] < 0xf8 ? 0 : input[0] - 0xf7;
        if (sizeBytes > 4 || input.Length < 1 + sizeBytes)
        {
            return false;
        }

        long size = sizeBytes == 0 ? input[0] - 0xc0 : (long)new BigInteger(input.Slice(1, sizeBytes), isUnsigned: true, isBigEndian: true);
        if (input.Length - 1 - sizeBytes != size)
        {
            return false;
        }

        payload = input[(1 + sizeBytes)..];
        return true;
    }

    private static byte[] Prefix(int offset, int length)
    {
        if (length < 56)
        {
            return [(byte)(offset + length)];
        }

        byte[] size = new BigInteger(length).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [(byte)(offset + 55 + size.Length), .. size];
    }
}
