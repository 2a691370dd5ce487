namespace Kms.Core.Store;

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
