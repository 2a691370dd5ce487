using System.Numerics;

namespace Kms.Adapters.Ethereum;

/// <summary>Recursive-length-prefix encoding (Ethereum yellow paper, appendix B).</summary>
internal static class RlpWriter
{
    public static byte[] Bytes(ReadOnlySpan<byte> value) =>
        value.Length == 1 && value[0] < 0x80 ? [value[0]] : [.. Prefix(0x80, value.Length), .. value];

    /// <summary>A scalar: big-endian without leading zeros; zero is the empty string.</summary>
    public static byte[] Scalar(BigInteger value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return value.IsZero ? [0x80] : Bytes(value.ToByteArray(isUnsigned: true, isBigEndian: true));
    }

    /// <param name="items">Encoded items.</param>
    public static byte[] List(params ReadOnlySpan<byte[]> items)
    {
        var payload = new List<byte>();
        foreach (var item in items)
        {
            payload.AddRange(item);
        }

        return [.. Prefix(0xc0, payload.Count), .. payload];
    }

    private static byte[] Prefix(byte kind, int length)
    {
        if (length <= 55)
        {
            return [(byte)(kind + length)];
        }

        var size = new BigInteger(length).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [(byte)(kind + 55 + size.Length), .. size];
    }
}
