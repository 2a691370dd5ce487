namespace Kms.Core.Store;

/// <summary>Names one write for ever: hybrid timestamp, incarnation, counter; totally ordered, the greatest wins (design §8).</summary>
/// <param name="TimestampMs">Hybrid logical time, Unix milliseconds of trusted time or more.</param>
/// <param name="Incarnation">Random 128-bit id drawn at each start of a node.</param>
/// <param name="Counter">Position among this incarnation's writes.</param>
internal readonly record struct WriteId(long TimestampMs, UInt128 Incarnation, ulong Counter) : IComparable<WriteId>
{
    public int CompareTo(WriteId other)
    {
        int order = TimestampMs.CompareTo(other.TimestampMs);
        order = order != 0 ? order : Incarnation.CompareTo(other.Incarnation);
        return order != 0 ? order : Counter.CompareTo(other.Counter);
    }

    public static bool operator <(WriteId left, WriteId right) => left.CompareTo(right) < 0;

    public static bool operator >(WriteId left, WriteId right) => left.CompareTo(right) > 0;

    public static bool operator <=(WriteId left, WriteId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(WriteId left, WriteId right) => left.CompareTo(right) >= 0;
}
