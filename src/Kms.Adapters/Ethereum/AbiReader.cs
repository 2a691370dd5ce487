using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Kms.Core.Primitives;

namespace Kms.Adapters.Ethereum;

/// <summary>
/// Reads the canonical ABI encoding of one value (Solidity ABI specification, "strict mode"): tails follow each other
/// without gap or overlap, padding is zero, numbers fit their type, nothing is left over. The first deviation fails the
/// reader for good; the caller asks <see cref="Finish"/> once, at the end, before it uses anything that was read.
/// </summary>
/// <remarks>
/// For what comes by the hundred in each refresh: instances, wallets, epochs. Nethereum.ABI takes dozens of times as long for them
/// (ADR 9); tests hold this reader against it.
/// </remarks>
internal ref struct AbiReader
{
    private const int Word = 32;

    private readonly ReadOnlySpan<byte> _data;
    private int _head;
    private int _base;
    private int _tail;
    private bool _failed;

    public AbiReader(ReadOnlySpan<byte> data)
    {
        _data = data;
        _failed = data.Length % Word != 0;
    }

    /// <summary>Enters the one dynamic return value: its offset word, then a head of so many words.</summary>
    public void EnterDynamicTuple(int headWords)
    {
        if (ReadUInt64() != Word)
        {
            _failed = true;
        }

        Enter(headWords);
    }

    /// <summary>An unsigned number that must fit 64 bits: ids and block numbers beyond that are refused.</summary>
    public ulong ReadUInt64()
    {
        if (!TryUInt64(NextWord(), out ulong value))
        {
            _failed = true;
        }

        return value;
    }

    public uint ReadUInt32()
    {
        ulong value = ReadUInt64();
        _failed |= value > uint.MaxValue;
        return (uint)(value & uint.MaxValue);
    }

    public byte ReadUInt8()
    {
        ulong value = ReadUInt64();
        _failed |= value > byte.MaxValue;
        return (byte)(value & byte.MaxValue);
    }

    public bool ReadBool()
    {
        ulong value = ReadUInt64();
        _failed |= value > 1;
        return value == 1;
    }

    public Bytes32 ReadBytes32() => Bytes32.From(NextWord());

    /// <summary>Skips a word of any content (a uint256 that we make no use of).</summary>
    public void SkipWord() => NextWord();

    /// <summary>An address; null for the zero address.</summary>
    public WalletAddress? ReadAddress()
    {
        var word = NextWord();
        _failed |= word[..12].ContainsAnyExcept((byte)0);
        return WalletAddress.TryFrom(word[12..], out var wallet) ? wallet : null;
    }

    /// <summary>Bytes up to a limit. Longer ones are valid ABI: they are skipped, and null says so.</summary>
    public byte[]? ReadBytes(int maxBytes)
    {
        ulong length = ReadTailLength();
        if (_failed)
        {
            return [];
        }

        ulong padded = length + ((Word - (length % Word)) % Word);
        if (length > (ulong)(_data.Length - _tail) || padded > (ulong)(_data.Length - _tail))
        {
            _failed = true;
            return [];
        }

        var bytes = _data.Slice(_tail, (int)length);
        _failed |= _data[(_tail + (int)length)..(_tail + (int)padded)].ContainsAnyExcept((byte)0);
        _tail += (int)padded;
        return length <= (ulong)maxBytes ? bytes.ToArray() : null;
    }

    /// <summary>UTF-8 text; null when it is longer than the limit or not UTF-8, since contracts do not check either.</summary>
    public string? ReadString(int maxBytes) =>
        ReadBytes(maxBytes) is { } bytes && Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>The one dynamic return value, a list of static elements of so many words each; what is read next is the first of them.</summary>
    public int EnterList(int elementWords, int maxCount)
    {
        Enter(1);
        ulong count = ReadTailLength();
        if (_failed || count > (ulong)maxCount || count * (ulong)elementWords * Word > (ulong)(_data.Length - _tail))
        {
            _failed = true;
            return 0;
        }

        _head = _tail;
        _tail += (int)count * elementWords * Word;
        return (int)count;
    }

    /// <summary>True when everything was canonical and consumed.</summary>
    public readonly bool Finish() => !_failed && _tail == _data.Length;

    private void Enter(int headWords)
    {
        _base = _head;
        _tail = _head + (headWords * Word);
    }

    private ulong ReadTailLength()
    {
        ulong offset = ReadUInt64();
        if (_failed || offset != (ulong)(_tail - _base) || _data.Length - _tail < Word || !TryUInt64(_data.Slice(_tail, Word), out ulong length))
        {
            _failed = true;
            return 0;
        }

        _tail += Word;
        if (length > int.MaxValue)
        {
            _failed = true;
            return 0;
        }

        return length;
    }

    private ReadOnlySpan<byte> NextWord()
    {
        if (_failed || _data.Length - _head < Word)
        {
            _failed = true;
            return ZeroWord;
        }

        var word = _data.Slice(_head, Word);
        _head += Word;
        return word;
    }

    private static ReadOnlySpan<byte> ZeroWord => new byte[Word];

    private static bool TryUInt64(ReadOnlySpan<byte> word, out ulong value)
    {
        value = BinaryPrimitives.ReadUInt64BigEndian(word[24..]);
        return !word[..24].ContainsAnyExcept((byte)0);
    }
}
