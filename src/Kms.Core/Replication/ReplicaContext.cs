using Kms.Core.Ports;
using Kms.Core.Store;
using Kms.Core.Supervision;

namespace Kms.Core.Replication;

/// <summary>What the parts of a replicator share. Everything mutable here and in the peers is touched under <see cref="Gate"/>.</summary>
/// <remarks>Lock order: this gate, then the store's, then the sealer's. Never held across an await.</remarks>
internal sealed class ReplicaContext
{
    private readonly List<QuorumWait> _waits = [];
    private readonly InternalErrors _errors;

    public ReplicaContext(RecordStore store, IClock clock, InternalErrors errors)
    {
        _errors = errors;
        Store = store;
        Clock = clock;
        Lifecycle = new ReplicaLifecycle(clock, TimeSpan.FromMilliseconds(store.Options.TombstoneRetentionMs / 2));
    }

    public object Gate { get; } = new();

    public RecordStore Store { get; }

    public IClock Clock { get; }

    public ReplicaLifecycle Lifecycle { get; }

    /// <summary>
    /// Names the data set that this node holds or once held in full: the incarnation that founded it. A peer of the same lineage
    /// can vouch that what it lacks was deleted; a newcomer that founded its own cannot. Zero while starting.
    /// </summary>
    public UInt128 Lineage { get; set; }

    /// <summary>Whom there is to talk to, as last published; null while this node may talk to nobody.</summary>
    public ReplicationMembers? Members { get; set; }

    public long Repairs { get; set; }

    /// <summary>An exchange succeeded.</summary>
    public void Answered(PeerProgress progress)
    {
        Lifecycle.Contact();
        progress.LastContact = Clock.Elapsed;
        progress.LastFailure = null;
    }

    /// <summary>An exchange failed: greet before anything else, so that a lost answer is found again.</summary>
    public static void Failed(PeerProgress progress, string reason)
    {
        progress.NeedsGreeting = true;
        progress.LastFailure = reason;
    }

    /// <summary>Equal roots: the peer holds everything up to the sequence, and both hold the older lineage's data set.</summary>
    public void SameDigest(PeerProgress progress, ulong sequence)
    {
        progress.Log.HoldsUpTo(sequence);
        progress.Mismatches = 0;
        bool bothFollow = progress.State == ReplicaState.Following && Lifecycle.State == ReplicaState.Following;
        if (bothFollow && progress.Lineage != 0 && progress.Lineage < Lineage)
        {
            Lineage = progress.Lineage;
        }

        NoteHeld(progress, []);
    }

    public void Add(QuorumWait wait) => _waits.Add(wait);

    public void Remove(QuorumWait wait) => _waits.Remove(wait);

    /// <summary>Tells waiting writers what a peer holds now: these items, and everything behind its cursor.</summary>
    public void NoteHeld(PeerProgress progress, IReadOnlyList<OutgoingItem> items)
    {
        foreach (var wait in _waits)
        {
            bool told = items.Any(item => item.Name == wait.Name && item.Id >= wait.Id);
            if (told || (Store.Find(wait.Name) is { } now && progress.Log.Holds(now)))
            {
                wait.HeldBy(progress.Wallet);
            }
        }
    }

    /// <summary>
    /// Runs one exchange at a time with each peer; others wait their turn. An exception that the work did not expect ends here:
    /// it is that peer's failure and nobody else's.
    /// </summary>
    public async Task ExclusiveAsync(PeerProgress progress, Func<Task> work)
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (true)
        {
            Task other;
            lock (Gate)
            {
                if (progress.Busy is null)
                {
                    progress.Busy = mine;
                    break;
                }

                other = progress.Busy.Task;
            }

            await other;
        }

        try
        {
            if (!await _errors.GuardAsync(WorkUnit.ReplicationLink, work, progress.Lifetime))
            {
                lock (Gate)
                {
                    Failed(progress, "internal error");
                }
            }
        }
        finally
        {
            lock (Gate)
            {
                progress.Busy = null;
            }

            mine.SetResult();
        }
    }
}
