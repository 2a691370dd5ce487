using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>
/// Finds and mends what slipped through: walks down from the store's root to the buckets that differ, fetches what the peer has
/// newer and queues what it lacks. Bounded at each level; what is left is found by the next repair.
/// </summary>
internal sealed class DigestRepair
{
    private readonly ReplicaContext _context;
    private readonly PeerSession _session;

    public DigestRepair(ReplicaContext context, PeerSession session)
    {
        _context = context;
        _session = session;
    }

    public async Task RunAsync(PeerProgress progress)
    {
        lock (_context.Gate)
        {
            _context.Repairs++;
        }

        int buckets = Limits.MaxRepairBuckets;
        AppId? after = null;
        for (int i = 0; i < Limits.MaxDigestPages && buckets > 0; i++)
        {
            if (await _session.AskAsync(progress, new SyncMessage.DigestApps(after)) is not { } answer)
            {
                return;
            }

            if (answer is not SyncMessage.DigestAppsAnswer theirs || !GoesOn(theirs, after))
            {
                _session.Fail(progress, answer);
                return;
            }

            AppId? until = theirs.More ? theirs.Apps[^1].App : null;
            foreach (var app in Different(theirs.Apps, after, until))
            {
                buckets = await RepairAppAsync(progress, app, buckets);
            }

            after = until;
            if (after is null)
            {
                return;
            }
        }
    }

    /// <summary>Apps whose roots differ, in order, among those after one and up to another.</summary>
    private List<AppId> Different(IReadOnlyList<AppSummary> theirs, AppId? after, AppId? until)
    {
        var mine = new Dictionary<AppId, Bytes32>();
        for (var from = after; ;)
        {
            var page = _context.Store.DigestApps(from, Limits.MaxDigestApps);
            foreach (var app in page.Where(app => until is null || app.App <= until))
            {
                mine.Add(app.App, app.Root);
            }

            if (page.Count < Limits.MaxDigestApps || (until is not null && page[^1].App >= until))
            {
                break;
            }

            from = page[^1].App;
        }

        var their = theirs.ToDictionary(app => app.App, app => app.Root);
        return mine.Keys.Union(their.Keys).Where(app => mine.GetValueOrDefault(app) != their.GetValueOrDefault(app)).Order().ToList();
    }

    private async Task<int> RepairAppAsync(PeerProgress progress, AppId app, int budget)
    {
        if (budget == 0 || await _session.AskAsync(progress, new SyncMessage.DigestBuckets(app)) is not { } answer)
        {
            return 0;
        }

        if (answer is not SyncMessage.DigestBucketsAnswer theirs)
        {
            _session.Fail(progress, answer);
            return 0;
        }

        var mine = _context.Store.DigestBuckets(app);
        var different = Enumerable.Range(0, RecordDigest.Buckets).Where(bucket => mine[bucket] != theirs.Buckets[bucket]).Take(budget).ToList();
        foreach (int bucket in different)
        {
            if (await LeavesAsync(progress, app, bucket) is not { } leaves || !await RepairBucketAsync(progress, app, bucket, leaves))
            {
                return 0;
            }
        }

        return budget - different.Count;
    }

    /// <summary>All that the peer's bucket holds, by key; null when it did not say.</summary>
    private async Task<Dictionary<string, LeafSummary>?> LeavesAsync(PeerProgress progress, AppId app, int bucket)
    {
        var leaves = new Dictionary<string, LeafSummary>(StringComparer.Ordinal);
        Bytes32? after = null;
        for (int i = 0; i < Limits.MaxDigestPages; i++)
        {
            if (await _session.AskAsync(progress, new SyncMessage.DigestLeaves(app, bucket, after)) is not { } answer)
            {
                return null;
            }

            bool sound = answer is SyncMessage.DigestLeavesAnswer page && (!page.More || page.Leaves.Count > 0);
            if (!sound)
            {
                _session.Fail(progress, answer);
                return null;
            }

            var theirs = (SyncMessage.DigestLeavesAnswer)answer;
            foreach (var leaf in theirs.Leaves)
            {
                leaves[leaf.Key] = leaf;
            }

            if (!theirs.More)
            {
                return leaves;
            }

            after = RecordDigest.Leaf(theirs.Leaves[^1]);
        }

        return null;
    }

    private async Task<bool> RepairBucketAsync(PeerProgress progress, AppId app, int bucket, Dictionary<string, LeafSummary> theirs)
    {
        var mine = _context.Store.DigestLeaves(app, bucket, after: null, int.MaxValue).ToDictionary(leaf => leaf.Key, StringComparer.Ordinal);
        lock (_context.Gate)
        {
            foreach (var leaf in mine.Values.OrderBy(leaf => leaf.Key, StringComparer.Ordinal))
            {
                if (!theirs.TryGetValue(leaf.Key, out var their) || leaf.Beats(their))
                {
                    progress.Log.TryQueueRetry(new RecordName(app, leaf.Key));
                }
            }
        }

        var wanted = theirs.Values
            .Where(leaf => !mine.TryGetValue(leaf.Key, out var held) || leaf.Beats(held))
            .Select(leaf => leaf.Key).Order(StringComparer.Ordinal);
        foreach (string[] keys in wanted.Chunk(Limits.MaxBatchRecords))
        {
            if (await _session.AskAsync(progress, new SyncMessage.Fetch(app, keys)) is not { } answer)
            {
                return false;
            }

            if (answer is not SyncMessage.SnapshotPage page)
            {
                _session.Fail(progress, answer);
                return false;
            }

            _session.Take(progress, page);
        }

        return true;
    }

    // A list that does not ascend would break the comparison, and one that does not end would never end.
    private static bool GoesOn(SyncMessage.DigestAppsAnswer answer, AppId? after)
    {
        var apps = answer.Apps;
        bool ascending = apps.Zip(apps.Skip(1)).All(pair => pair.First.App < pair.Second.App);
        bool begins = after is null || apps.Count == 0 || apps[0].App > after;
        return ascending && begins && (!answer.More || apps.Count > 0);
    }
}
