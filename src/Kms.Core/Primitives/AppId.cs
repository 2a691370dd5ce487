using System.Globalization;

namespace Kms.Core.Primitives;

/// <summary>An app of the NovaAppRegistry.</summary>
/// <remarks>The contract's type is uint256; values over 2^64-1 are refused where they are decoded. Zero means "none".</remarks>
public readonly record struct AppId : IComparable<AppId>
{
    private AppId(ulong value) => Value = value;

    public ulong Value { get; }

    /// <summary>True for <c>default</c>: ids start at one.</summary>
    public bool IsDefault => Value == 0;

    /// <exception cref="ArgumentOutOfRangeException">Zero.</exception>
    public static AppId From(ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfZero(value);
        return new AppId(value);
    }

    public int CompareTo(AppId other) => Value.CompareTo(other.Value);

    public static bool operator <(AppId left, AppId right) => left.Value < right.Value;

    public static bool operator >(AppId left, AppId right) => left.Value > right.Value;

    public static bool operator <=(AppId left, AppId right) => left.Value <= right.Value;

    public static bool operator >=(AppId left, AppId right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
