using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>The answering side: takes what a peer sends and tells what this node holds.</summary>
internal sealed class SyncResponder
{
    private readonly ReplicaContext _context;
    private readonly RecordStore _store;

    public SyncResponder(ReplicaContext context)
    {
        _context = context;
        _store = context.Store;
    }

    /// <summary>Answers a greeting; the caller holds the gate.</summary>
    /// <param name="summary">This node's, read before the gate was taken.</param>
    public SyncMessage Welcome(PeerProgress progress, SyncMessage.Hello hello, StoreSummary summary)
    {
        if (hello.Incarnation == _store.Incarnation)
        {
            return new SyncMessage.Refused(SyncRefusal.WrongIncarnation);
        }

        progress.Log.Meet(hello.Incarnation);
        progress.State = hello.State;
        progress.Lineage = hello.Lineage;
        progress.Root = hello.Root;
        if (hello.Held is { } held && held.Incarnation == _store.Incarnation)
        {
            progress.Log.HoldsUpTo(held.Sequence);
            _context.NoteHeld(progress, []);
        }

        // An equal digest says more than any verdict, so a greeting in step stays small.
        bool same = hello.Root == summary.Root;
        if (same)
        {
            _context.SameDigest(progress, summary.Sequence);
        }

        var last = !same && progress.LastTaken is { } taken && taken.Sender == hello.Incarnation ? taken.Ack : null;
        return new SyncMessage.HelloAnswer(_store.Incarnation, _context.Lifecycle.State, _context.Lineage, summary.Root, last);
    }

    /// <summary>Answers anything but a greeting; the caller does not hold the gate, so that peers do not wait for each other.</summary>
    /// <param name="state">This node's, now.</param>
    public SyncMessage Answer(PeerProgress progress, SyncMessage message, ReplicaState state) => message switch
    {
        SyncMessage.Delta delta => Take(progress, delta),
        SyncMessage.SnapshotRequest or SyncMessage.Fetch or SyncMessage.DigestApps or SyncMessage.DigestBuckets or SyncMessage.DigestLeaves =>
            state == ReplicaState.Following ? Tell(message) : new SyncMessage.Refused(SyncRefusal.NotServing),
        _ => new SyncMessage.Refused(SyncRefusal.Malformed),
    };

    private SyncMessage Take(PeerProgress progress, SyncMessage.Delta delta)
    {
        if (delta.Target != _store.Incarnation || delta.Incarnation == _store.Incarnation)
        {
            return new SyncMessage.Refused(SyncRefusal.WrongIncarnation);
        }

        var verdicts = delta.Records.Select(record => _store.Receive(record, delta.Incarnation)).ToArray();
        var ack = new SyncMessage.DeltaAck(_store.Incarnation, delta.Batch, verdicts);
        Remember(progress, delta, ack);
        return ack;
    }

    private void Remember(PeerProgress progress, SyncMessage.Delta delta, SyncMessage.DeltaAck ack)
    {
        lock (_context.Gate)
        {
            bool newer = progress.LastTaken is not { } last || last.Sender != delta.Incarnation || delta.Batch >= last.Ack.Batch;
            progress.LastTaken = newer ? (delta.Incarnation, ack) : progress.LastTaken;
        }
    }

    private SyncMessage Tell(SyncMessage message) => message switch
    {
        SyncMessage.SnapshotRequest request => request.Target == _store.Incarnation ? Page(request) : new SyncMessage.Refused(SyncRefusal.WrongIncarnation),
        SyncMessage.Fetch fetch => Fetch(fetch),
        SyncMessage.DigestApps apps => Apps(apps),
        SyncMessage.DigestBuckets buckets => new SyncMessage.DigestBucketsAnswer(_store.DigestBuckets(buckets.App)),
        SyncMessage.DigestLeaves leaves => Leaves(leaves),
        _ => throw new InvariantException(message.GetType().Name),
    };

    private SyncMessage.SnapshotPage Page(SyncMessage.SnapshotRequest request)
    {
        var page = _store.ReadPage(request.After, Limits.MaxBatchRecords, Limits.MaxBatchBytes);
        return new SyncMessage.SnapshotPage(_store.Incarnation, page.Sequence, page.Records, page.Next);
    }

    private SyncMessage.SnapshotPage Fetch(SyncMessage.Fetch fetch)
    {
        var records = new List<StoredRecord>();
        long bytes = 0;
        foreach (string key in fetch.Keys.Distinct(StringComparer.Ordinal))
        {
            if (_store.Find(new RecordName(fetch.App, key)) is not { } item)
            {
                continue;
            }

            bytes += item.WireBytes;
            if (records.Count > 0 && bytes > Limits.MaxBatchBytes)
            {
                break;
            }

            records.Add(item.Record);
        }

        return new SyncMessage.SnapshotPage(_store.Incarnation, _store.Sequence, records, Next: null);
    }

    private SyncMessage.DigestAppsAnswer Apps(SyncMessage.DigestApps request)
    {
        var apps = _store.DigestApps(request.After, Limits.MaxDigestApps + 1);
        return new SyncMessage.DigestAppsAnswer(apps.Take(Limits.MaxDigestApps).ToArray(), apps.Count > Limits.MaxDigestApps);
    }

    private SyncMessage.DigestLeavesAnswer Leaves(SyncMessage.DigestLeaves request)
    {
        var leaves = _store.DigestLeaves(request.App, request.Bucket, request.After, Limits.MaxDigestLeaves + 1);
        return new SyncMessage.DigestLeavesAnswer(leaves.Take(Limits.MaxDigestLeaves).ToArray(), leaves.Count > Limits.MaxDigestLeaves);
    }
}
