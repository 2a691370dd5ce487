using System.Globalization;

namespace Kms.Core.Primitives;

/// <summary>An epoch of the master secret: 1, 2, 3, … in the order of activation (KMSRegistry).</summary>
/// <remarks>The contract's type is uint64. Zero means "none".</remarks>
public readonly record struct Epoch : IComparable<Epoch>
{
    private Epoch(ulong value) => Value = value;

    public ulong Value { get; }

    /// <summary>True for <c>default</c>: ids start at one.</summary>
    public bool IsDefault => Value == 0;

    /// <exception cref="ArgumentOutOfRangeException">Zero.</exception>
    public static Epoch From(ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfZero(value);
        return new Epoch(value);
    }

    public int CompareTo(Epoch other) => Value.CompareTo(other.Value);

    public static bool operator <(Epoch left, Epoch right) => left.Value < right.Value;

    public static bool operator >(Epoch left, Epoch right) => left.Value > right.Value;

    public static bool operator <=(Epoch left, Epoch right) => left.Value <= right.Value;

    public static bool operator >=(Epoch left, Epoch right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
