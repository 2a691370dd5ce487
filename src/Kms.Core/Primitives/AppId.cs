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

/// <summary>An instance of an app version in the NovaAppRegistry.</summary>
/// <remarks>The contract's type is uint256; values over 2^64-1 are refused where they are decoded. Zero means "none".</remarks>
public readonly record struct InstanceId : IComparable<InstanceId>
{
    private InstanceId(ulong value) => Value = value;

    public ulong Value { get; }

    /// <summary>True for <c>default</c>: ids start at one.</summary>
    public bool IsDefault => Value == 0;

    /// <exception cref="ArgumentOutOfRangeException">Zero.</exception>
    public static InstanceId From(ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfZero(value);
        return new InstanceId(value);
    }

    public int CompareTo(InstanceId other) => Value.CompareTo(other.Value);

    public static bool operator <(InstanceId left, InstanceId right) => left.Value < right.Value;

    public static bool operator >(InstanceId left, InstanceId right) => left.Value > right.Value;

    public static bool operator <=(InstanceId left, InstanceId right) => left.Value <= right.Value;

    public static bool operator >=(InstanceId left, InstanceId right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
