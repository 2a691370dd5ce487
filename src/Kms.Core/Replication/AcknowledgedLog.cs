using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>
/// What one peer incarnation is known to hold of this node's change log. Advances by acknowledgement alone: by a verdict, by an
/// equal digest, or by the peer's claim of a complete snapshot. Not thread-safe: the replicator's lock covers it.
/// </summary>
internal sealed class AcknowledgedLog
{
    private readonly RecordStore _store;
    private readonly SortedSet<RecordName> _retryQueue = [];
    private OutgoingBatch? _inFlight;
    private ulong _lastBatch;

    public AcknowledgedLog(RecordStore store) => _store = store;

    /// <summary>The peer's incarnation; zero before the first greeting.</summary>
    public UInt128 Incarnation { get; private set; }

    /// <summary>The peer holds everything up to here, except what is queued for a retry.</summary>
    public ulong Acknowledged { get; private set; }

    /// <summary>Records that the peer could not take yet. At most <see cref="Limits.MaxRetryQueue"/>; when full, the cursor waits.</summary>
    public IReadOnlySet<RecordName> RetryQueue => _retryQueue;

    /// <summary>Records that the peer refused for good: a bug or a forgery somewhere.</summary>
    public long Refused { get; private set; }

    /// <summary>Another incarnation is another store: it starts from nothing.</summary>
    public void Meet(UInt128 incarnation)
    {
        Invariant.Require(incarnation != 0);
        if (incarnation != Incarnation)
        {
            Incarnation = incarnation;
            Acknowledged = 0;
            Refused = 0;
            _retryQueue.Clear();
            _inFlight = null;
        }
    }

    /// <summary>The peer holds everything up to a sequence, records queued for a retry included.</summary>
    public void HoldsUpTo(ulong sequence)
    {
        if (sequence >= Acknowledged && sequence <= _store.Sequence)
        {
            Acknowledged = sequence;
            _retryQueue.Clear();
            _store.AcknowledgeUpTo(sequence);
        }
    }

    /// <summary>True when the peer is known to hold what this node holds under a name now. Says no once the peer refused anything.</summary>
    public bool Holds(LogItem item) => Refused == 0 && item.Sequence <= Acknowledged && !_retryQueue.Contains(item.Record.Name);

    /// <summary>Queues a record that a digest showed to be missing at the peer. False when the queue is full.</summary>
    public bool TryQueueRetry(RecordName name)
    {
        if (_retryQueue.Count >= Limits.MaxRetryQueue && !_retryQueue.Contains(name))
        {
            return false;
        }

        _retryQueue.Add(name);
        return true;
    }

    /// <summary>The next batch: first what is to be sent again, then what is new. Null when the peer is in step.</summary>
    /// <param name="again">Set-aside names not yet tried in this push; the batch takes its share out.</param>
    public OutgoingBatch? Next(Queue<RecordName> again, out IReadOnlyList<StoredRecord> records)
    {
        Invariant.Require(Incarnation != 0);
        var items = new List<OutgoingItem>();
        var chosen = new List<StoredRecord>();
        records = chosen;
        long bytes = Take(again, items, chosen, IsForAgain);
        TakeNew(items, chosen, bytes);
        return Fly(items);
    }

    /// <summary>A batch of these names alone, which it takes out of the queue; leaves the cursor where it is.</summary>
    public OutgoingBatch? NextOf(Queue<RecordName> names, out IReadOnlyList<StoredRecord> records)
    {
        var items = new List<OutgoingItem>();
        var chosen = new List<StoredRecord>();
        records = chosen;
        Take(names, items, chosen, item => item is not null);
        return Fly(items);
    }

    /// <summary>Takes the verdicts on the batch in flight. Null when they are about another batch.</summary>
    public IReadOnlyList<OutgoingItem>? Apply(SyncMessage.DeltaAck ack)
    {
        if (_inFlight is null || ack.Incarnation != Incarnation || ack.Batch != _inFlight.Number || ack.Verdicts.Count != _inFlight.Items.Count(item => !item.IsSkipped))
        {
            return null;
        }

        var held = new List<OutgoingItem>();
        bool waiting = false;
        int index = 0;
        foreach (var item in _inFlight.Items)
        {
            var verdict = item.IsSkipped ? ReceiveVerdict.Stored : ack.Verdicts[index++];
            if (verdict is ReceiveVerdict.Stored or ReceiveVerdict.Superseded)
            {
                held.Add(item);
                _store.Acknowledge(item.Name, item.Id);
            }

            waiting |= !Settle(item, verdict, waiting);
        }

        _inFlight = null;
        return held;
    }

    /// <summary>False when the cursor must wait at this item.</summary>
    private bool Settle(OutgoingItem item, ReceiveVerdict verdict, bool waiting)
    {
        bool settled = verdict != ReceiveVerdict.Retry || TryQueueRetry(item.Name);
        if (verdict != ReceiveVerdict.Retry && IsCurrent(item))
        {
            _retryQueue.Remove(item.Name);
        }

        Refused += verdict == ReceiveVerdict.Invalid ? 1 : 0;
        if (settled && !waiting && item.IsFromLog)
        {
            Acknowledged = Math.Max(Acknowledged, item.Sequence);
        }

        return settled || !item.IsFromLog;
    }

    // A newer write under the name has a place of its own in the log, after the cursor.
    private bool IsCurrent(OutgoingItem item) => _store.Find(item.Name) is not { } now || now.Sequence == item.Sequence || now.Sequence > Acknowledged;

    private OutgoingBatch? Fly(List<OutgoingItem> items)
    {
        if (items.All(item => item.IsSkipped))
        {
            return null;
        }

        _inFlight = new OutgoingBatch(++_lastBatch, items);
        return _inFlight;
    }

    // Gone, or replaced by a write that the log will bring: not to be sent again from here.
    private bool IsForAgain(LogItem? item) => item is { } found && found.Sequence <= Acknowledged;

    private long Take(Queue<RecordName> names, List<OutgoingItem> items, List<StoredRecord> chosen, Predicate<LogItem?> wanted)
    {
        long bytes = 0;
        while (names.Count > 0 && chosen.Count < Limits.MaxBatchRecords)
        {
            var name = names.Peek();
            var found = _store.Find(name);
            if (!wanted(found))
            {
                _retryQueue.Remove(name);
                names.Dequeue();
                continue;
            }

            var item = found!.Value;
            if (chosen.Count > 0 && bytes + item.WireBytes > Limits.MaxBatchBytes)
            {
                break;
            }

            bytes += item.WireBytes;
            items.Add(new OutgoingItem(item.Sequence, name, item.Record.Id, IsFromLog: false, IsSkipped: false));
            chosen.Add(item.Record);
            names.Dequeue();
        }

        return bytes;
    }

    private void TakeNew(List<OutgoingItem> items, List<StoredRecord> chosen, long bytes)
    {
        int room = Limits.MaxBatchRecords - chosen.Count;
        long roomBytes = Limits.MaxBatchBytes - bytes;
        while (room > 0 && roomBytes > 0)
        {
            var page = _store.ReadLog(Acknowledged, room, roomBytes);
            if (page.Items.Count == 0)
            {
                Acknowledged = Math.Max(Acknowledged, page.Sequence);
                return;
            }

            // What the peer itself sent, it holds.
            if (page.Items.All(item => item.Source == Incarnation))
            {
                Acknowledged = page.Items[^1].Sequence;
                continue;
            }

            // A page holds at least one item, whatever its size: leave it to the next batch if this one has others already.
            if (chosen.Count > 0 && page.Items.Sum(item => item.WireBytes) > roomBytes)
            {
                return;
            }

            items.AddRange(page.Items.Select(item => new OutgoingItem(item.Sequence, item.Record.Name, item.Record.Id, IsFromLog: true, IsSkipped: item.Source == Incarnation)));
            chosen.AddRange(page.Items.Where(item => item.Source != Incarnation).Select(item => item.Record));
            return;
        }
    }
}

/// <summary>A batch whose answer has not come yet.</summary>
internal sealed record OutgoingBatch(ulong Number, IReadOnlyList<OutgoingItem> Items);

/// <summary>One record of a batch in flight, without its value.</summary>
/// <param name="IsFromLog">New: its verdict moves the cursor. Otherwise it was queued for a retry and is sent again.</param>
/// <param name="IsSkipped">Not sent, because the peer sent it here.</param>
internal readonly record struct OutgoingItem(ulong Sequence, RecordName Name, WriteId Id, bool IsFromLog, bool IsSkipped);
