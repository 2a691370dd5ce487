using System.Buffers.Binary;

namespace Kms.Core.Cryptography;

/// <summary>A 256-bit unsigned number for range checks on public values. Not constant-time.</summary>
internal readonly record struct UInt256Words(UInt128 High, UInt128 Low) : IComparable<UInt256Words>
{
    public const int Size = 32;

    public bool IsZero => High == UInt128.Zero && Low == UInt128.Zero;

    public static UInt256Words Read(ReadOnlySpan<byte> bigEndian) => new(
        BinaryPrimitives.ReadUInt128BigEndian(bigEndian),
        BinaryPrimitives.ReadUInt128BigEndian(bigEndian[16..Size]));

    public static UInt256Words Parse(string hex) => Read(Primitives.Hex.Decode(hex));

    public int CompareTo(UInt256Words other)
    {
        int order = High.CompareTo(other.High);
        return order != 0 ? order : Low.CompareTo(other.Low);
    }

    public static bool operator <(UInt256Words left, UInt256Words right) => left.CompareTo(right) < 0;

    public static bool operator >(UInt256Words left, UInt256Words right) => left.CompareTo(right) > 0;

    public static bool operator <=(UInt256Words left, UInt256Words right) => left.CompareTo(right) <= 0;

    public static bool operator >=(UInt256Words left, UInt256Words right) => left.CompareTo(right) >= 0;
}
