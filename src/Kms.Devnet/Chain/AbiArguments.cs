using System.Buffers.Binary;
using System.Text;

namespace Kms.Devnet.Chain;

/// <summary>Encodes one call of a contract: selector, static words, dynamic tails (Solidity ABI). For the devnet's writes only.</summary>
internal sealed class AbiArguments
{
    private const int WordBytes = 32;
    private readonly byte[] _selector;
    private readonly List<byte[]?> _head = [];
    private readonly List<byte[]> _tails = [];

    /// <param name="signature">Canonical, e.g. <c>devSetAppStatus(uint256,uint8)</c>.</param>
    public AbiArguments(string signature) => _selector = Keccak256.Hash(Encoding.ASCII.GetBytes(signature)).ToArray()[..4];

    public AbiArguments Number(ulong value)
    {
        byte[] word = new byte[WordBytes];
        BinaryPrimitives.WriteUInt64BigEndian(word.AsSpan(24), value);
        _head.Add(word);
        return this;
    }

    public AbiArguments Flag(bool value) => Number(value ? 1UL : 0UL);

    /// <summary>An address; null is the zero address.</summary>
    public AbiArguments Address(WalletAddress? value)
    {
        byte[] word = new byte[WordBytes];
        value?.CopyTo(word.AsSpan(12));
        _head.Add(word);
        return this;
    }

    public AbiArguments Word(Bytes32 value)
    {
        _head.Add(value.ToArray());
        return this;
    }

    public AbiArguments Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    public AbiArguments Bytes(ReadOnlySpan<byte> value)
    {
        byte[] tail = new byte[WordBytes + ((value.Length + WordBytes - 1) / WordBytes * WordBytes)];
        BinaryPrimitives.WriteInt32BigEndian(tail.AsSpan(WordBytes - 4), value.Length);
        value.CopyTo(tail.AsSpan(WordBytes));
        _head.Add(null);
        _tails.Add(tail);
        return this;
    }

    public byte[] Encode()
    {
        var data = new List<byte>(_selector);
        int tail = 0;
        int offset = _head.Count * WordBytes;
        foreach (byte[]? word in _head)
        {
            if (word is not null)
            {
                data.AddRange(word);
                continue;
            }

            byte[] pointer = new byte[WordBytes];
            BinaryPrimitives.WriteInt32BigEndian(pointer.AsSpan(WordBytes - 4), offset);
            data.AddRange(pointer);
            offset += _tails[tail++].Length;
        }

        data.AddRange(_tails.SelectMany(bytes => bytes));
        return [.. data];
    }
}
