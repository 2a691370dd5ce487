using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>The answering side: takes what a peer sends and tells what this node holds.</summary>
internal sealed class SyncResponder
{
    private readonly RecordStore _store;

    public SyncResponder(RecordStore store) => _store = store;

    /// <param name="state">This node's, now.</param>
    public SyncMessage Answer(SyncMessage message, ReplicaState state) => message switch
    {
        SyncMessage.Delta delta => Take(delta),
        SyncMessage.SnapshotRequest or SyncMessage.Fetch or SyncMessage.DigestApps or SyncMessage.DigestBuckets or SyncMessage.DigestLeaves =>
            state == ReplicaState.Following ? Tell(message) : new SyncMessage.Refused(SyncRefusal.NotServing),
        _ => new SyncMessage.Refused(SyncRefusal.Malformed),
    };

    private SyncMessage Take(SyncMessage.Delta delta)
    {
        if (delta.Target != _store.Incarnation || delta.Incarnation == _store.Incarnation)
        {
            return new SyncMessage.Refused(SyncRefusal.WrongIncarnation);
        }

        var verdicts = delta.Records.Select(record => _store.Receive(record, delta.Incarnation)).ToArray();
        return new SyncMessage.DeltaAck(_store.Incarnation, delta.Batch, verdicts);
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
