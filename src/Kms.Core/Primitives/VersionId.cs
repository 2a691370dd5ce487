using System.Globalization;

namespace Kms.Core.Primitives;

/// <summary>A version of an app in the NovaAppRegistry.</summary>
/// <remarks>The contract's type is uint256; values over 2^64-1 are refused where they are decoded. Zero means "none".</remarks>
public readonly record struct VersionId : IComparable<VersionId>
{
    private VersionId(ulong value) => Value = value;

    public ulong Value { get; }

    /// <summary>True for <c>default</c>: ids start at one.</summary>
    public bool IsDefault => Value == 0;

    /// <exception cref="ArgumentOutOfRangeException">Zero.</exception>
    public static VersionId From(ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfZero(value);
        return new VersionId(value);
    }

    public int CompareTo(VersionId other) => Value.CompareTo(other.Value);

    public static bool operator <(VersionId left, VersionId right) => left.Value < right.Value;

    public static bool operator >(VersionId left, VersionId right) => left.Value > right.Value;

    public static bool operator <=(VersionId left, VersionId right) => left.Value <= right.Value;

    public static bool operator >=(VersionId left, VersionId right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
