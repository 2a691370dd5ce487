using System.Numerics;

namespace Kms.Adapters.Ethereum;

/// <summary>Strict RLP: the shortest form only, no byte left over. The first deviation fails the reader for good.</summary>
internal ref struct RlpReader
{
    private ReadOnlySpan<byte> _rest;
    private bool _failed;

    public RlpReader(ReadOnlySpan<byte> data) => _rest = data;

    public readonly bool Finish() => !_failed && _rest.IsEmpty;

    /// <summary>Enters a list: a reader over its items.</summary>
    public RlpReader ReadList()
    {
        var payload = Take(0xc0, out bool ok);
        return new RlpReader(payload) { _failed = !ok };
    }

    public ReadOnlySpan<byte> ReadBytes()
    {
        if (!_rest.IsEmpty && _rest[0] < 0x80)
        {
            var single = _rest[..1];
            _rest = _rest[1..];
            return single;
        }

        var value = Take(0x80, out _);
        if (value.Length == 1 && value[0] < 0x80)
        {
            _failed = true; // must have been the byte itself
        }

        return value;
    }

    /// <summary>A number below 2^256 without leading zeros.</summary>
    public BigInteger ReadScalar()
    {
        var bytes = ReadBytes();
        if (bytes.Length > 32 || (bytes.Length > 0 && bytes[0] == 0))
        {
            _failed = true;
            return BigInteger.Zero;
        }

        return new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }

    public ulong ReadUInt64()
    {
        var value = ReadScalar();
        if (value > ulong.MaxValue)
        {
            _failed = true;
            return 0;
        }

        return (ulong)value;
    }

    private ReadOnlySpan<byte> Take(byte kind, out bool ok)
    {
        ok = false;
        if (_failed || _rest.IsEmpty || _rest[0] < kind || _rest[0] > kind + 63)
        {
            _failed = true;
            return default;
        }

        int code = _rest[0] - kind;
        int sizeBytes = Math.Max(code - 55, 0);
        ulong length = (ulong)code;
        if (sizeBytes > 0)
        {
            if (_rest.Length < 1 + sizeBytes || _rest[1] == 0)
            {
                _failed = true;
                return default;
            }

            length = 0;
            foreach (byte b in _rest.Slice(1, sizeBytes))
            {
                length = (length << 8) | b;
            }

            if (length <= 55)
            {
                _failed = true; // the short form exists
                return default;
            }
        }

        if (length > (ulong)(_rest.Length - 1 - sizeBytes))
        {
            _failed = true;
            return default;
        }

        var value = _rest.Slice(1 + sizeBytes, (int)length);
        _rest = _rest[(1 + sizeBytes + (int)length)..];
        ok = true;
        return value;
    }
}
