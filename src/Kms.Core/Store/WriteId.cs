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

/// <summary>
/// Draws write ids. Each id exceeds every id drawn or observed before, so a write made with knowledge of another always has
/// the greater id, whatever the nodes' clocks say. Not thread-safe: the store's lock covers it.
/// </summary>
/// <remarks>
/// The whole id exceeds, not always its timestamp: a burst of writes in one millisecond counts up instead of running ahead of
/// trusted time, where peers would hold it back for its skew.
/// </remarks>
internal sealed class HybridClock
{
    private readonly UInt128 _incarnation;
    private readonly Func<long> _trustedNowMs;
    private WriteId _highest;
    private ulong _counter;

    public HybridClock(UInt128 incarnation, Func<long> trustedNowMs)
    {
        Invariant.Require(incarnation != 0);
        _incarnation = incarnation;
        _trustedNowMs = trustedNowMs;
    }

    /// <summary>To be called with the id of everything that is stored.</summary>
    public void Observe(WriteId id) => _highest = id > _highest ? id : _highest;

    public WriteId Next()
    {
        _counter++;
        long timestamp = Math.Max(_trustedNowMs(), _highest.TimestampMs);
        var next = new WriteId(timestamp, _incarnation, _counter);
        if (next <= _highest)
        {
            next = next with { TimestampMs = timestamp + 1 };
        }

        Invariant.Require(next > _highest);
        _highest = next;
        return next;
    }
}
