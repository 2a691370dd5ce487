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

    public void CopyTo(Span<byte> bigEndian)
    {
        BinaryPrimitives.WriteUInt128BigEndian(bigEndian, High);
        BinaryPrimitives.WriteUInt128BigEndian(bigEndian[16..Size], Low);
    }

    public int CompareTo(UInt256Words other)
    {
        int order = High.CompareTo(other.High);
        return order != 0 ? order : Low.CompareTo(other.Low);
    }

    public static bool operator <(UInt256Words left, UInt256Words right) => left.CompareTo(right) < 0;

    public static bool operator >(UInt256Words left, UInt256Words right) => left.CompareTo(right) > 0;

    public static bool operator <=(UInt256Words left, UInt256Words right) => left.CompareTo(right) <= 0;

    public static bool operator >=(UInt256Words left, UInt256Words right) => left.CompareTo(right) >= 0;

    /// <summary>left - right, which must not be negative.</summary>
    public static UInt256Words operator -(UInt256Words left, UInt256Words right)
    {
        Invariant.Require(left >= right);
        bool borrow = left.Low < right.Low;
        return new UInt256Words(left.High - right.High - (borrow ? UInt128.One : UInt128.Zero), unchecked(left.Low - right.Low));
    }
}
