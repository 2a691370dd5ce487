using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>How a node that does not follow comes to follow: at its start, and after isolation (design §8).</summary>
internal sealed class SnapshotJoin
{
    private readonly ReplicaContext _context;
    private readonly PeerSession _session;
    private int _fruitless;

    public SnapshotJoin(ReplicaContext context, PeerSession session)
    {
        _context = context;
        _session = session;
    }

    /// <summary>Leaves <see cref="ReplicaState.Starting"/> once a peer's data is here, or there is none to be had.</summary>
    /// <param name="answered">Peers that were greeted; the other members may still be trying.</param>
    /// <param name="all">True when every member answered or failed.</param>
    public async Task StartAsync(IReadOnlyList<PeerProgress> answered, int members, bool all)
    {
        foreach (var progress in answered.Where(progress => progress.State == ReplicaState.Following))
        {
            if (await _session.PullAsync(progress, present: null))
            {
                Follow(progress.Lineage);
                return;
            }
        }

        // A peer that follows but broke off is tried again; one that is cut off itself holds data that it will offer later.
        if (!all || answered.Any(progress => progress.State != ReplicaState.Starting))
        {
            return;
        }

        _fruitless++;
        if (answered.Count == members || _fruitless >= Limits.MaxFruitlessRounds)
        {
            Follow(_context.Store.Incarnation);
        }
    }

    /// <summary>
    /// Leaves <see cref="ReplicaState.Isolated"/>. A peer that follows in this node's lineage knows what was deleted meanwhile:
    /// it gets what only this node has, and the rest is replaced by its snapshot. Where a majority answers and nobody went on
    /// without this node, nothing was deleted behind its back, and it resumes with what it has.
    /// </summary>
    public async Task ReturnAsync(IReadOnlyList<PeerProgress> answered, int members)
    {
        foreach (var progress in answered.Where(IsAuthority))
        {
            if (await ReplaceAsync(progress))
            {
                return;
            }
        }

        lock (_context.Gate)
        {
            bool majority = 2 * (answered.Count + 1) > members + 1;
            if (majority && !answered.Any(IsAuthority))
            {
                _context.Lineage = _context.Lineage != 0 ? _context.Lineage : _context.Store.Incarnation;
                _context.Lifecycle.Move(ReplicaState.Following);
            }
        }
    }

    private bool IsAuthority(PeerProgress progress) => progress.State == ReplicaState.Following && progress.Lineage == _context.Lineage;

    private async Task<bool> ReplaceAsync(PeerProgress progress)
    {
        ulong storedUpTo = _context.Store.Sequence;
        lock (_context.Gate)
        {
            _context.Lifecycle.Move(ReplicaState.Returning);
        }

        bool replaced = false;
        try
        {
            var present = new HashSet<RecordName>();
            if (await _session.PushOwnAsync(progress) && await _session.PullAsync(progress, present))
            {
                _context.Store.DiscardAbsent(present, storedUpTo);
                replaced = true;
            }

            return replaced;
        }
        finally
        {
            lock (_context.Gate)
            {
                _context.Lifecycle.Move(replaced ? ReplicaState.Following : ReplicaState.Isolated);
            }
        }
    }

    private void Follow(UInt128 lineage)
    {
        lock (_context.Gate)
        {
            _context.Lineage = lineage;
            _context.Lifecycle.Move(ReplicaState.Following);
        }
    }
}
