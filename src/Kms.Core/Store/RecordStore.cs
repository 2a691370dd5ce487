using System.Security.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Store;

/// <summary>
/// The encrypted KV store of one node: every app's records in memory, sealed, with the change log that replication reads.
/// Thread-safe. Plaintext enters through <see cref="Put"/> and leaves through <see cref="Get"/> alone.
/// </summary>
internal sealed class RecordStore
{
    private readonly object _gate = new();
    private readonly RecordTable _table;
    private readonly HybridClock _clock;
    private readonly RecentWrites _recent = new();
    private ulong _acknowledgedUpTo;
    private long _concurrentLosers;
    private long _invalidReceived;
    private ulong _resealedUpTo;

    public RecordStore(StoreOptions options)
    {
        Invariant.Require(options.Incarnation != 0);
        Options = options;
        _table = new RecordTable(options.TombstoneRetentionMs);
        _clock = new HybridClock(options.Incarnation, options.TrustedNowMs);
    }

    public StoreOptions Options { get; }

    public UInt128 Incarnation => Options.Incarnation;

    /// <summary>True when merging alone took the store a quarter beyond its limit: the node must become unready.</summary>
    public bool IsOverfull => Locked(() => _table.Bytes > Options.StoreLimitBytes + (Options.StoreLimitBytes / 4));

    /// <summary>Digest of the whole store over app, key, write id and tombstone; constant cost while nothing changes.</summary>
    public Bytes32 Digest() => Summary().Root;

    /// <summary>Stores a value under a new write id.</summary>
    /// <param name="key">1 to 512 bytes of UTF-8 (<see cref="StoreKey.IsValid"/>); the caller has checked.</param>
    /// <param name="value">At most 1 MiB; the caller has checked.</param>
    /// <param name="ttlMs">1 to <see cref="Limits.MaxTtlMs"/>; null to keep it for good.</param>
    /// <param name="ifVersion">The version that must be held here, or <see cref="RecordVersion.None"/>; null for any.</param>
    public PutResult Put(AppId app, Epoch epoch, string key, ReadOnlySpan<byte> value, long? ttlMs, string? ifVersion)
    {
        Invariant.Require(StoreKey.IsValid(key));
        Invariant.Require(value.Length <= Limits.MaxValueBytes);
        Invariant.Require(ttlMs is null or (> 0 and <= Limits.MaxTtlMs));
        lock (_gate)
        {
            long nowMs = ExpireDue();
            var held = _table.Find(new RecordName(app, key));
            string current = IsLive(held, nowMs) ? RecordVersion.Format(held!.Record.Id) : RecordVersion.None;
            if (ifVersion is not null && !string.Equals(ifVersion, current, StringComparison.Ordinal))
            {
                return new PutResult.Conflict(current);
            }

            var refusal = Quota.Refuse(Options, _table.Bytes, _table.Space(app), held, StoreKey.Bytes(key), value.Length);
            if (refusal is not null)
            {
                return refusal;
            }

            var record = Write(new RecordName(app, key), epoch, value, held, tombstone: false, nowMs + ttlMs);
            return record is null
                ? new PutResult.EpochUnavailable()
                : new PutResult.Stored(RecordVersion.Format(record.Id), record.Id.TimestampMs, record.Id);
        }
    }

    public GetResult Get(AppId app, string key)
    {
        var record = Locked(() => _table.Find(new RecordName(app, key))?.Record);
        if (record is null || record.Tombstone || record.IsExpired(Options.TrustedNowMs()))
        {
            return new GetResult.NotFound();
        }

        return Options.Sealer.TryOpen(app, record.Epoch, record.Sealed.Span, record.AssociatedData(), out var value) switch
        {
            SealerOpenResult.Opened => new GetResult.Found(value, RecordVersion.Format(record.Id), record.Id.TimestampMs),
            SealerOpenResult.EpochUnavailable => new GetResult.EpochUnavailable(),
            _ => new GetResult.Corrupt(),
        };
    }

    public ListResult List(AppId app, int limit)
    {
        Invariant.Require(limit is >= 0 and <= Limits.MaxListedKeys);
        lock (_gate)
        {
            long nowMs = ExpireDue();
            var live = (_table.Space(app)?.InOrder(after: null) ?? []).Where(entry => IsLive(entry, nowMs)).Select(entry => entry.Record.Key).ToList();
            return new ListResult(live.Count > limit ? live.GetRange(0, limit) : live, live.Count);
        }
    }

    /// <summary>Replaces a live key by a tombstone. Always admitted: it frees what the key held.</summary>
    public DeleteResult Delete(AppId app, Epoch epoch, string key)
    {
        Invariant.Require(StoreKey.IsValid(key));
        lock (_gate)
        {
            long nowMs = ExpireDue();
            var held = _table.Find(new RecordName(app, key));
            if (!IsLive(held, nowMs))
            {
                return new DeleteResult.Deleted(Existed: false, Id: null);
            }

            var record = Write(new RecordName(app, key), epoch, [], held, tombstone: true, expiryMs: null);
            return record is null ? new DeleteResult.EpochUnavailable() : new DeleteResult.Deleted(Existed: true, record.Id);
        }
    }

    /// <summary>Merges a record that a peer sent, after checking its form, its time and its seal.</summary>
    /// <param name="source">The sender's incarnation.</param>
    public ReceiveVerdict Receive(StoredRecord record, UInt128 source)
    {
        Invariant.Require(source != 0);
        var verdict = RecordCheck.Refuse(record, Options.TrustedNowMs()) ?? Authenticate(record);
        lock (_gate)
        {
            _invalidReceived += verdict == ReceiveVerdict.Invalid ? 1 : 0;
            return verdict ?? MergeIn(record, source);
        }
    }

    /// <summary>Turns what is due into tombstones, trying again those whose epoch had no secret before.</summary>
    public void Expire()
    {
        lock (_gate)
        {
            _table.RetryDeferredExpiries();
            ExpireDue();
        }
    }

    /// <summary>Forgets tombstones past their retention that every reachable member holds.</summary>
    /// <param name="heldUpTo">Members hold everything up to this sequence,</param>
    /// <param name="except">but not these.</param>
    /// <returns>How many were forgotten.</returns>
    public int CollectTombstones(ulong heldUpTo, IReadOnlySet<RecordName> except)
    {
        lock (_gate)
        {
            var due = _table.TombstonesDue(Options.TrustedNowMs()).Where(entry => entry.Sequence <= heldUpTo && !except.Contains(entry.Record.Name)).ToList();
            due.ForEach(_table.Remove);
            return due.Count;
        }
    }

    /// <summary>
    /// Seals records of older epochs anew, so that those epochs can be retired: a bounded number and amount, the next call goes on.
    /// Write ids, log and digest stay, so peers hear nothing of it; each does the same (design §8).
    /// </summary>
    /// <returns>How many were sealed anew.</returns>
    public int Reencrypt(Epoch epoch)
    {
        lock (_gate)
        {
            int looked = 0;
            int done = 0;
            long bytes = 0;
            if (_table.OldestEpoch is not { } oldest || oldest >= epoch)
            {
                return 0;
            }

            foreach (var entry in _table.After(_resealedUpTo).Take(Limits.MaxReencryptionsPerTurn))
            {
                if (bytes >= Limits.MaxReencryptedBytesPerTurn)
                {
                    return done;
                }

                looked++;
                _resealedUpTo = entry.Sequence;
                if (entry.Record.Epoch < epoch && TryReencrypt(entry, epoch))
                {
                    done++;
                    bytes += entry.CostBytes;
                }
            }

            // At the end: what could not be opened is tried again from the start.
            _resealedUpTo = looked < Limits.MaxReencryptionsPerTurn ? 0 : _resealedUpTo;
            return done;
        }
    }

    /// <summary>The root and the sequence it holds for. The same cost for any number of records while nothing changes.</summary>
    public StoreSummary Summary()
    {
        lock (_gate)
        {
            ExpireDue();
            return new StoreSummary(_table.Root, _table.Sequence);
        }
    }

    /// <summary>Changes after a cursor, oldest first, bounded by count and bytes; at least one when there is any.</summary>
    public LogPage ReadLog(ulong after, int maxRecords, long maxBytes) =>
        Locked(() => new LogPage(Bounded(_table.After(after).Select(Item), item => item.WireBytes, maxRecords, maxBytes).Items, _table.Sequence));

    /// <summary>The newest sequence.</summary>
    public ulong Sequence => Locked(() => _table.Sequence);

    public LogItem? Find(RecordName name) => Locked(() => _table.Find(name) is { } entry ? Item(entry) : (LogItem?)null);

    /// <summary>A page of everything, tombstones included, in name order; bounded like a batch.</summary>
    public RecordPage ReadPage(RecordName? after, int maxRecords, long maxBytes)
    {
        lock (_gate)
        {
            ExpireDue();
            var (items, more) = Bounded(_table.InOrder(after).Select(Item), item => item.WireBytes, maxRecords, maxBytes);
            return new RecordPage(items.ConvertAll(item => item.Record), more ? items[^1].Record.Name : null, _table.Sequence);
        }
    }

    /// <summary>Apps with records and their roots, after an app.</summary>
    public IReadOnlyList<AppSummary> DigestApps(AppId? after, int max) => Locked(() => _table.Apps(after).Take(max).ToList());

    /// <summary>The bucket hashes of an app; all zero when it has no records.</summary>
    public IReadOnlyList<Bytes32> DigestBuckets(AppId app) =>
        Locked(() => _table.Space(app)?.Digest.BucketHashes() ?? new Bytes32[RecordDigest.Buckets]);

    /// <summary>A bucket's records in leaf order, after a leaf.</summary>
    public IReadOnlyList<LeafSummary> DigestLeaves(AppId app, int bucket, Bytes32? after, int max) =>
        Locked(() => (_table.Space(app)?.Digest.Leaves(bucket, after) ?? [])
            .Take(max).Select(entry => new LeafSummary(entry.Record.Key, entry.Record.Id, entry.Record.Tombstone)).ToList());

    /// <summary>Notes that a peer holds this write or a newer one.</summary>
    public void Acknowledge(RecordName name, WriteId id)
    {
        lock (_gate)
        {
            if (_table.Find(name) is { } entry && entry.Record.Id == id)
            {
                entry.Acknowledged = true;
            }
        }
    }

    /// <summary>Notes that a peer holds everything up to a sequence.</summary>
    public void AcknowledgeUpTo(ulong sequence)
    {
        lock (_gate)
        {
            _acknowledgedUpTo = Math.Max(_acknowledgedUpTo, sequence);
        }
    }

    /// <summary>This node's own writes that no peer has confirmed, oldest first: nobody else can be assumed to hold them.</summary>
    public IReadOnlyList<RecordName> UnacknowledgedOwn() =>
        Locked(() => _table.After(0).Where(IsUnacknowledgedOwn).Select(entry => entry.Record.Name).ToList());

    /// <summary>
    /// Discards what was stored up to a sequence and is not in a peer's snapshot, except own writes that nobody confirmed
    /// (design §8, the return of an isolated node).
    /// </summary>
    public int DiscardAbsent(IReadOnlySet<RecordName> present, ulong storedUpTo)
    {
        lock (_gate)
        {
            var absent = _table.After(0).Where(entry => entry.Sequence <= storedUpTo && !present.Contains(entry.Record.Name) && !IsUnacknowledgedOwn(entry)).ToList();
            absent.ForEach(_table.Remove);
            return absent.Count;
        }
    }

    /// <summary>The name of one of this node's last <see cref="Limits.MaxRecentWrites"/> writes.</summary>
    public RecordName? NameOf(WriteId write) => Locked(() => _recent.Find(write));

    public StoreStats Stats()
    {
        lock (_gate)
        {
            return new StoreStats(_table.AppCount, _table.LiveRecords, _table.Entries - _table.LiveRecords, _table.Bytes, _table.Sequence, _concurrentLosers, _invalidReceived, _table.OldestEpoch);
        }
    }

    private StoredRecord? Write(RecordName name, Epoch epoch, ReadOnlySpan<byte> value, Entry? held, bool tombstone, long? expiryMs)
    {
        var id = _clock.Next();
        var unsealed = new StoredRecord(name.App, name.Key, default, id, held?.Record.Id, tombstone, expiryMs, epoch);
        if (!Options.Sealer.TrySeal(name.App, epoch, value, unsealed.AssociatedData(), out var sealedValue))
        {
            return null;
        }

        Invariant.Require(sealedValue.Length == value.Length + StoredRecord.SealOverheadBytes);
        var record = unsealed with { Sealed = sealedValue };
        _table.Store(record, source: 0);
        _recent.Add(id, name);
        return record;
    }

    private bool TryReencrypt(Entry entry, Epoch epoch)
    {
        var held = entry.Record;
        var unsealed = held with { Epoch = epoch };
        var opened = Options.Sealer.TryOpen(held.App, held.Epoch, held.Sealed.Span, held.AssociatedData(), out byte[] value);
        try
        {
            if (opened != SealerOpenResult.Opened || !Options.Sealer.TrySeal(held.App, epoch, value, unsealed.AssociatedData(), out byte[] sealedValue))
            {
                return false;
            }

            _table.MoveTo(entry, unsealed with { Sealed = sealedValue });
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(value);
        }
    }

    private ReceiveVerdict? Authenticate(StoredRecord record)
    {
        var opened = Options.Sealer.TryOpen(record.App, record.Epoch, record.Sealed.Span, record.AssociatedData(), out var value);
        CryptographicOperations.ZeroMemory(value);
        return opened switch
        {
            SealerOpenResult.Opened => null,
            SealerOpenResult.EpochUnavailable => ReceiveVerdict.Retry,
            _ => ReceiveVerdict.Invalid,
        };
    }

    private ReceiveVerdict MergeIn(StoredRecord record, UInt128 source)
    {
        long nowMs = ExpireDue();
        var held = _table.Find(record.Name);
        if (held is null)
        {
            // A tombstone past its retention has nothing to delete here: storing it again would only start its collection over.
            return record.Tombstone && _table.IsPastRetention(record, nowMs) ? ReceiveVerdict.Superseded : Accept(record, source);
        }

        var winner = Merge.Winner(held.Record, record);
        CountConcurrent(held, winner, ReferenceEquals(winner, record) ? held.Record : record);
        if (held.IsSameButForSeal(record))
        {
            held.Reencrypt(winner);
            return ReceiveVerdict.Stored;
        }

        return ReferenceEquals(winner, record) ? Accept(record, source) : ReceiveVerdict.Superseded;
    }

    private ReceiveVerdict Accept(StoredRecord record, UInt128 source)
    {
        _table.Store(record, source);
        _clock.Observe(record.Id);
        return ReceiveVerdict.Stored;
    }

    private void CountConcurrent(Entry held, StoredRecord winner, StoredRecord loser)
    {
        if (Merge.IsConcurrent(winner, loser) && held.LastLoser != loser.Id)
        {
            held.LastLoser = loser.Id;
            _concurrentLosers++;
        }
    }

    private long ExpireDue()
    {
        long nowMs = Options.TrustedNowMs();
        foreach (var entry in _table.ExpiriesDue(nowMs))
        {
            var live = entry.Record;
            var tombstone = live with { Tombstone = true, Sealed = default };
            if (Options.Sealer.TrySeal(live.App, live.Epoch, [], tombstone.AssociatedData(), out var sealedValue))
            {
                _table.Store(tombstone with { Sealed = sealedValue }, entry.Source);
            }
            else
            {
                _table.DeferExpiry(entry);
            }
        }

        return nowMs;
    }

    private bool IsUnacknowledgedOwn(Entry entry) =>
        entry.Record.Id.Incarnation == Incarnation && !entry.Acknowledged && entry.Sequence > _acknowledgedUpTo;

    private static bool IsLive(Entry? entry, long nowMs) => entry is not null && !entry.Record.Tombstone && !entry.Record.IsExpired(nowMs);

    private static LogItem Item(Entry entry) => new(entry.Sequence, entry.Record, entry.Source);

    private static (List<T> Items, bool More) Bounded<T>(IEnumerable<T> source, Func<T, long> bytesOf, int maxItems, long maxBytes)
    {
        var items = new List<T>();
        long bytes = 0;
        foreach (var item in source)
        {
            bytes += bytesOf(item);
            if (items.Count == maxItems || (items.Count > 0 && bytes > maxBytes))
            {
                return (items, true);
            }

            items.Add(item);
        }

        return (items, false);
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }
}
