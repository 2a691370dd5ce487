using Kms.Core.Primitives;

namespace Kms.Core.Store;

/// <summary>
/// The store's tables, changed together: namespaces, change log, expiries, tombstones, memory. Their size follows what is stored,
/// not what was. Not thread-safe: the store's lock covers it.
/// </summary>
internal sealed class RecordTable
{
    private readonly SortedDictionary<AppId, AppNamespace> _spaces = [];
    private readonly ChangeLog _log = new();
    private readonly SortedSet<(long DueMs, RecordName Name)> _expiries = [];
    private readonly SortedSet<(long DueMs, RecordName Name)> _tombstones = [];
    private readonly SortedSet<(long DueMs, RecordName Name)> _deferred = [];
    private readonly SortedDictionary<Epoch, int> _perEpoch = [];
    private readonly long _retentionMs;
    private Bytes32? _root;

    public RecordTable(long retentionMs) => _retentionMs = retentionMs;

    public long Bytes { get; private set; }

    public int LiveRecords { get; private set; }

    public int Entries => _log.Count;

    public int AppCount => _spaces.Count;

    public ulong Sequence => _log.Sequence;

    /// <summary>The oldest epoch that a record is sealed under; null while there are none.</summary>
    public Epoch? OldestEpoch => _perEpoch.Count == 0 ? null : _perEpoch.First().Key;

    public Bytes32 Root => _root ??= RecordDigest.Store(Apps(after: null));

    public AppNamespace? Space(AppId app) => _spaces.GetValueOrDefault(app);

    public Entry? Find(RecordName name) =>
        _spaces.TryGetValue(name.App, out var space) && space.TryGet(name.Key, out var entry) ? entry : null;

    public IEnumerable<Entry> After(ulong cursor) => _log.After(cursor);

    public IEnumerable<AppSummary> Apps(AppId? after) =>
        _spaces.Where(pair => after is null || pair.Key > after).Select(pair => new AppSummary(pair.Key, pair.Value.Digest.Root));

    /// <summary>Everything in name order, after a name.</summary>
    public IEnumerable<Entry> InOrder(RecordName? after) =>
        _spaces.Where(pair => after is null || pair.Key >= after.Value.App)
            .SelectMany(pair => pair.Value.InOrder(after is not null && pair.Key == after.Value.App ? after.Value.Key : null));

    /// <summary>Puts a record in the place of what its name held, at the end of the log.</summary>
    public void Store(StoredRecord record, UInt128 source)
    {
        var held = Find(record.Name);
        if (held is not null)
        {
            Remove(held);
        }

        var entry = new Entry(record, _log.Next(), source)
        {
            LastLoser = held?.LastLoser ?? default,
            Acknowledged = source != 0 || (held?.Record.Id == record.Id && held.Acknowledged),
        };
        if (!_spaces.TryGetValue(record.App, out var space))
        {
            space = new AppNamespace();
            _spaces.Add(record.App, space);
        }

        space.Add(entry);
        _log.Add(entry);
        Index(entry);
        Count(entry.Record.Epoch, 1);
        Bytes += entry.CostBytes;
        LiveRecords += record.Tombstone ? 0 : 1;
        _root = null;
    }

    public void Remove(Entry entry)
    {
        var space = _spaces[entry.Record.App];
        space.Remove(entry);
        if (space.Entries == 0)
        {
            _spaces.Remove(entry.Record.App);
        }

        _log.Remove(entry);
        Unindex(entry);
        Count(entry.Record.Epoch, -1);
        Bytes -= entry.CostBytes;
        LiveRecords -= entry.Record.Tombstone ? 0 : 1;
        _root = null;
        Invariant.Require(Bytes >= 0);
        Invariant.Require(LiveRecords >= 0);
    }

    /// <summary>Replaces the seal of an entry by one of a later epoch; neither the log nor the digest changes.</summary>
    public void MoveTo(Entry entry, StoredRecord resealed)
    {
        Count(entry.Record.Epoch, -1);
        entry.MoveTo(resealed);
        Count(resealed.Epoch, 1);
    }

    /// <summary>Live entries whose expiry has come, oldest first; a list, since the caller changes the table.</summary>
    public IReadOnlyList<Entry> ExpiriesDue(long nowMs) => Due(_expiries, nowMs);

    /// <summary>Sets an expiry aside whose tombstone cannot be sealed now, so that it is not tried at every call.</summary>
    public void DeferExpiry(Entry entry)
    {
        var item = (entry.Record.ExpiryMs!.Value, entry.Record.Name);
        Invariant.Require(_expiries.Remove(item));
        _deferred.Add(item);
    }

    public void RetryDeferredExpiries()
    {
        _expiries.UnionWith(_deferred);
        _deferred.Clear();
    }

    public IReadOnlyList<Entry> TombstonesDue(long nowMs) => Due(_tombstones, nowMs);

    public bool IsPastRetention(StoredRecord tombstone, long nowMs) => CollectableAtMs(tombstone) <= nowMs;

    private long CollectableAtMs(StoredRecord tombstone) =>
        Math.Max(tombstone.Id.TimestampMs, tombstone.ExpiryMs ?? 0) + _retentionMs;

    private List<Entry> Due(SortedSet<(long DueMs, RecordName Name)> index, long nowMs) =>
        index.TakeWhile(item => item.DueMs <= nowMs).Select(item => Find(item.Name)!).ToList();

    private void Count(Epoch epoch, int change)
    {
        int count = _perEpoch.GetValueOrDefault(epoch) + change;
        Invariant.Require(count >= 0);
        if (count == 0)
        {
            _perEpoch.Remove(epoch);
        }
        else
        {
            _perEpoch[epoch] = count;
        }
    }

    private void Index(Entry entry)
    {
        if (entry.Record.Tombstone)
        {
            _tombstones.Add((CollectableAtMs(entry.Record), entry.Record.Name));
        }
        else if (entry.Record.ExpiryMs is { } expiryMs)
        {
            _expiries.Add((expiryMs, entry.Record.Name));
        }
    }

    private void Unindex(Entry entry)
    {
        if (entry.Record.Tombstone)
        {
            _tombstones.Remove((CollectableAtMs(entry.Record), entry.Record.Name));
        }
        else if (entry.Record.ExpiryMs is { } expiryMs)
        {
            _expiries.Remove((expiryMs, entry.Record.Name));
            _deferred.Remove((expiryMs, entry.Record.Name));
        }
    }
}

/// <summary>A stored record with this node's bookkeeping. Touched under the store's lock only.</summary>
internal sealed class Entry
{
    public Entry(StoredRecord record, ulong sequence, UInt128 source)
    {
        Record = record;
        Sequence = sequence;
        Source = source;
        Leaf = RecordDigest.Leaf(record);
        Bucket = RecordDigest.BucketOf(record.Key);
    }

    public StoredRecord Record { get; private set; }

    /// <summary>Position in this node's change log.</summary>
    public ulong Sequence { get; }

    /// <summary>Incarnation of the peer that sent it; zero for this node's own writes.</summary>
    public UInt128 Source { get; }

    public Bytes32 Leaf { get; }

    public int Bucket { get; }

    /// <summary>Some peer confirmed that it holds this write or a newer one.</summary>
    public bool Acknowledged { get; set; }

    /// <summary>The last concurrent loser counted, so that its retransmission is not counted again.</summary>
    public WriteId LastLoser { get; set; }

    /// <summary>Memory charged against the global limit.</summary>
    public long CostBytes => Limits.RecordOverheadBytes + StoreKey.Bytes(Record.Key) + Record.Sealed.Length;

    /// <summary>Key and plaintext bytes charged against the app's quota; a tombstone is free.</summary>
    public long QuotaBytes => Record.Tombstone ? 0 : StoreKey.Bytes(Record.Key) + Record.PlaintextBytes;

    /// <summary>Takes another seal of the same content, which no peer needs to hear of.</summary>
    public void Reencrypt(StoredRecord record)
    {
        Invariant.Require(IsSameButForSeal(record));
        Record = record;
    }

    /// <summary>Takes the seal of a later epoch for the same content, which no peer needs to hear of either: each re-seals its own.</summary>
    public void MoveTo(StoredRecord record)
    {
        Invariant.Require(record.Epoch > Record.Epoch);
        Invariant.Require(IsSameButForSeal(record with { Epoch = Record.Epoch }));
        Record = record;
    }

    /// <summary>True when the other copy differs in its ciphertext at most: neither the log nor the accounts would change.</summary>
    public bool IsSameButForSeal(StoredRecord record) =>
        Merge.CompareContent(Record, record) == 0
        && Record.Parent == record.Parent
        && Record.ExpiryMs == record.ExpiryMs
        && Record.Sealed.Length == record.Sealed.Length;
}
