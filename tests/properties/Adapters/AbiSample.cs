using System.Buffers.Binary;

namespace Kms.Properties.Adapters;

/// <summary>A second, plain ABI encoder, so that the reader is not tested against its own idea of the format.</summary>
internal static class AbiSample
{
    public static byte[] Word(ulong value)
    {
        var word = new byte[32];
        BinaryPrimitives.WriteUInt64BigEndian(word.AsSpan(24), value);
        return word;
    }

    public static byte[] Left(byte[] bytes)
    {
        var word = new byte[32];
        bytes.CopyTo(word, 32 - bytes.Length);
        return word;
    }

    /// <summary>Length, content, zero padding.</summary>
    public static byte[] Dynamic(byte[] content) => [.. Word((ulong)content.Length), .. content, .. new byte[(32 - (content.Length % 32)) % 32]];

    public static byte[] Words(params byte[][] items) => [.. Word((ulong)items.Length), .. items.SelectMany(static item => item)];

    /// <summary>A dynamic tuple as the one return value.</summary>
    public static byte[] Tuple(params (bool Dynamic, byte[] Bytes)[] members) => [.. Word(32), .. Sequence(members)];

    /// <summary>Static members are words, dynamic ones get an offset and a tail.</summary>
    public static byte[] Sequence(params (bool Dynamic, byte[] Bytes)[] members)
    {
        int headBytes = members.Sum(static member => member.Dynamic ? 32 : member.Bytes.Length);
        var head = new List<byte>();
        var tail = new List<byte>();
        foreach (var (dynamic, bytes) in members)
        {
            head.AddRange(dynamic ? Word((ulong)(headBytes + tail.Count)) : bytes);
            tail.AddRange(dynamic ? bytes : []);
        }

        return [.. head, .. tail];
    }

    public static (bool Dynamic, byte[] Bytes) Static(byte[] word) => (false, word);

    public static (bool Dynamic, byte[] Bytes) Tail(byte[] tail) => (true, tail);
}
