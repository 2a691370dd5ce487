using System.Buffers.Binary;
using Kms.Core.Primitives;

namespace Kms.Adapters.Ethereum;

/// <summary>One static ABI argument, 32 bytes.</summary>
internal readonly struct AbiWord
{
    public const int Size = 32;

    private readonly Bytes32 _value;

    private AbiWord(ReadOnlySpan<byte> bytes) => _value = Bytes32.From(bytes);

    public static implicit operator AbiWord(ulong value)
    {
        Span<byte> word = stackalloc byte[Size];
        word.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(word[24..], value);
        return new AbiWord(word);
    }

    public static implicit operator AbiWord(WalletAddress value)
    {
        Span<byte> word = stackalloc byte[Size];
        word.Clear();
        value.CopyTo(word[12..]);
        return new AbiWord(word);
    }

    public static implicit operator AbiWord(Bytes32 value)
    {
        Span<byte> word = stackalloc byte[Size];
        value.CopyTo(word);
        return new AbiWord(word);
    }

    public void CopyTo(Span<byte> destination) => _value.CopyTo(destination);
}
