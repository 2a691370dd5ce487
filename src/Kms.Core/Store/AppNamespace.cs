using System.Diagnostics.CodeAnalysis;

namespace Kms.Core.Store;

/// <summary>One app's records: by key, in key order, and summarised. Touched under the store's lock only.</summary>
internal sealed class AppNamespace
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);
    private readonly AppDigest _digest = new();

    /// <summary>Entries, tombstones included.</summary>
    public int Entries => _entries.Count;

    public int LiveRecords { get; private set; }

    /// <summary>Key and plaintext bytes of live records.</summary>
    public long QuotaBytes { get; private set; }

    public AppDigest Digest => _digest;

    public bool TryGet(string key, [NotNullWhen(true)] out Entry? entry) => _entries.TryGetValue(key, out entry);

    public void Add(Entry entry)
    {
        _entries.Add(entry.Record.Key, entry);
        _keys.Add(entry.Record.Key);
        _digest.Add(entry);
        QuotaBytes += entry.QuotaBytes;
        LiveRecords += entry.Record.Tombstone ? 0 : 1;
    }

    public void Remove(Entry entry)
    {
        Invariant.Require(_entries.Remove(entry.Record.Key));
        _keys.Remove(entry.Record.Key);
        _digest.Remove(entry);
        QuotaBytes -= entry.QuotaBytes;
        LiveRecords -= entry.Record.Tombstone ? 0 : 1;
        Invariant.Require(QuotaBytes >= 0);
        Invariant.Require(LiveRecords >= 0);
    }

    /// <summary>Entries in ordinal key order, after a key.</summary>
    public IEnumerable<Entry> InOrder(string? after)
    {
        string? last = _keys.Max;
        if (last is null || (after is not null && string.CompareOrdinal(after, last) >= 0))
        {
            return [];
        }

        IEnumerable<string> keys = after is null ? _keys : _keys.GetViewBetween(after + "\0", last);
        return keys.Select(key => _entries[key]);
    }
}

/// <summary>
/// Who is admitted. Asked before a put and never before a merge: what was accepted anywhere is kept everywhere, so an app can
/// overshoot by (nodes − 1) × quota while a partition lasts. Deletes are not asked about at all.
/// </summary>
internal static class Quota
{
    /// <summary>Null when the put is admitted.</summary>
    /// <param name="space">The app's records; null when it has none.</param>
    /// <param name="held">What the key holds now, live or tombstone.</param>
    public static PutResult? Refuse(StoreOptions options, long storeBytes, AppNamespace? space, Entry? held, int keyBytes, int valueBytes)
    {
        long quota = (space?.QuotaBytes ?? 0) - (held?.QuotaBytes ?? 0) + keyBytes + valueBytes;
        if (quota > options.AppQuotaBytes)
        {
            return new PutResult.QuotaExceeded();
        }

        if (held is null && space is not null && space.Entries >= options.MaxRecordsPerApp)
        {
            return space.LiveRecords >= options.MaxRecordsPerApp ? new PutResult.QuotaExceeded() : new PutResult.TombstonesFull();
        }

        long growth = Limits.RecordOverheadBytes + keyBytes + valueBytes + StoredRecord.SealOverheadBytes - (held?.CostBytes ?? 0);
        return growth > 0 && storeBytes + growth > options.StoreLimitBytes ? new PutResult.StoreFull() : null;
    }
}
