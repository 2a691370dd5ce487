using System.Buffers.Binary;

namespace Kms.Core.Primitives;

/// <summary>Thirty-two bytes by value: a block hash, a Keccak-256 digest, a code measurement, a storage root.</summary>
public readonly record struct Bytes32 : IComparable<Bytes32>
{
    public const int Size = 32;

    private readonly ulong _a, _b, _c, _d;

    private Bytes32(ReadOnlySpan<byte> bytes)
    {
        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>All zero: on chain, the absence of a value.</summary>
    public static Bytes32 Zero => default;

    public bool IsZero => (_a | _b | _c | _d) == 0;

    /// <exception cref="ArgumentException">Not exactly 32 bytes.</exception>
    public static Bytes32 From(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size ? new Bytes32(bytes) : throw new ArgumentException("32 bytes are needed", nameof(bytes));

    public static bool TryParse(string? text, out Bytes32 value)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bool ok = text is not null && Hex.TryDecode(text, bytes);
        value = ok ? new Bytes32(bytes) : default;
        return ok;
    }

    public static Bytes32 Parse(string text) =>
        TryParse(text, out var value) ? value : throw new FormatException("32 bytes of hex are needed");

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    public int CompareTo(Bytes32 other)
    {
        int order = _a.CompareTo(other._a);
        order = order != 0 ? order : _b.CompareTo(other._b);
        order = order != 0 ? order : _c.CompareTo(other._c);
        return order != 0 ? order : _d.CompareTo(other._d);
    }

    public static bool operator <(Bytes32 left, Bytes32 right) => left.CompareTo(right) < 0;

    public static bool operator >(Bytes32 left, Bytes32 right) => left.CompareTo(right) > 0;

    public static bool operator <=(Bytes32 left, Bytes32 right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Bytes32 left, Bytes32 right) => left.CompareTo(right) >= 0;

    /// <summary>Lower-case hex with <c>0x</c>.</summary>
    public override string ToString() => Hex.Encode(ToArray());
}
