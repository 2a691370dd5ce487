using System.Buffers.Binary;

namespace Kms.Core.Primitives;

/// <summary>A 20-byte Ethereum address. The zero address is refused: on chain it means "nobody".</summary>
public readonly record struct WalletAddress : IComparable<WalletAddress>
{
    public const int Size = 20;

    private readonly ulong _a, _b;
    private readonly uint _c;

    private WalletAddress(ReadOnlySpan<byte> bytes)
    {
        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    /// <summary>True for <c>default</c>, which no parser returns.</summary>
    public bool IsDefault => (_a | _b | _c) == 0;

    public static bool TryFrom(ReadOnlySpan<byte> bytes, out WalletAddress wallet)
    {
        wallet = bytes.Length == Size ? new WalletAddress(bytes) : default;
        return !wallet.IsDefault;
    }

    /// <exception cref="ArgumentException">Not 20 bytes, or the zero address.</exception>
    public static WalletAddress From(ReadOnlySpan<byte> bytes) =>
        TryFrom(bytes, out var wallet) ? wallet : throw new ArgumentException("a non-zero 20-byte address is needed", nameof(bytes));

    public static bool TryParse(string? text, out WalletAddress wallet)
    {
        Span<byte> bytes = stackalloc byte[Size];
        wallet = default;
        return text is not null && Hex.TryDecode(text, bytes) && TryFrom(bytes, out wallet);
    }

    public static WalletAddress Parse(string text) =>
        TryParse(text, out var wallet) ? wallet : throw new FormatException("a non-zero 20-byte hex address is needed");

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], _c);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    public int CompareTo(WalletAddress other)
    {
        int order = _a.CompareTo(other._a);
        order = order != 0 ? order : _b.CompareTo(other._b);
        return order != 0 ? order : _c.CompareTo(other._c);
    }

    public static bool operator <(WalletAddress left, WalletAddress right) => left.CompareTo(right) < 0;

    public static bool operator >(WalletAddress left, WalletAddress right) => left.CompareTo(right) > 0;

    public static bool operator <=(WalletAddress left, WalletAddress right) => left.CompareTo(right) <= 0;

    public static bool operator >=(WalletAddress left, WalletAddress right) => left.CompareTo(right) >= 0;

    /// <summary>Lower-case hex with <c>0x</c>: the form every signed message of the protocol uses.</summary>
    public override string ToString() => Hex.Encode(ToArray());
}
