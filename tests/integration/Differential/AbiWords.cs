using System.Buffers.Binary;
using Kms.Core.Primitives;

namespace Kms.Integration.Differential;

/// <summary>ABI data, written word by word: what a view must answer.</summary>
internal static class AbiWords
{
    public static byte[] Number(ulong value)
    {
        var word = new byte[32];
        BinaryPrimitives.WriteUInt64BigEndian(word.AsSpan(24), value);
        return word;
    }

    public static byte[] Flag(bool value) => Number(value ? 1UL : 0);

    public static byte[] Address(WalletAddress? value)
    {
        var word = new byte[32];
        value?.CopyTo(word.AsSpan(12));
        return word;
    }

    /// <summary>The one return value, a list of static items.</summary>
    public static byte[] List(IReadOnlyCollection<byte[]> items) => [.. Number(32), .. Array(items)];

    public static byte[] Array(IReadOnlyCollection<byte[]> items) => [.. Number((ulong)items.Count), .. items.SelectMany(static item => item)];

    public static byte[] Bytes(ReadOnlySpan<byte> content) => [.. Number((ulong)content.Length), .. content, .. new byte[(32 - (content.Length % 32)) % 32]];
}
