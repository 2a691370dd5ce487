using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Store;
using Kms.Core.Supervision;

namespace Kms.Core.Replication;

/// <summary>Keeps this node's records and its peers' the same: pushes, answers, repairs, and knows when it must not serve.</summary>
internal sealed class Replicator : IWriteReplication
{
    private readonly ReplicaContext _context;
    private readonly SyncResponder _responder;
    private readonly PeerSession _session;
    private readonly DigestRepair _repair;
    private readonly SnapshotJoin _join;
    private readonly QuorumPursuit _quorum;
    private readonly SortedDictionary<WalletAddress, PeerProgress> _peers = [];

    public Replicator(RecordStore store, IPeerChannel channel, IClock clock, InternalErrors errors)
    {
        _context = new ReplicaContext(store, clock, errors);
        _responder = new SyncResponder(_context);
        _session = new PeerSession(_context, new Exchange(channel, clock));
        _repair = new DigestRepair(_context, _session);
        _join = new SnapshotJoin(_context, _session);
        _quorum = new QuorumPursuit(_context, _session);
    }

    public ReplicaState State
    {
        get
        {
            lock (_context.Gate)
            {
                return _context.Lifecycle.State;
            }
        }
    }

    public bool IsIsolated => State is ReplicaState.Isolated or ReplicaState.Returning;

    /// <summary>False while isolated or returning.</summary>
    public bool AcceptsWrites => !IsIsolated;

    /// <summary>True once a snapshot was pulled, or there was nobody to pull from. Before that what is not here may still exist.</summary>
    public bool IsCaughtUp
    {
        get
        {
            lock (_context.Gate)
            {
                return _context.Lifecycle.IsCaughtUp;
            }
        }
    }

    public ReplicationStats Stats()
    {
        ulong sequence = _context.Store.Sequence;
        lock (_context.Gate)
        {
            var now = _context.Clock.Elapsed;
            var peers = _peers.Values.Select(progress => new PeerLag(
                progress.Wallet,
                sequence - Math.Min(sequence, progress.Log.Acknowledged),
                progress.Log.RetryQueue.Count,
                progress.LastContact is { } last ? (long)(now - last).TotalMilliseconds : null,
                progress.LastFailure)).ToArray();
            return new ReplicationStats(_context.Lifecycle.State, peers, _context.Repairs, _peers.Values.Sum(progress => progress.Log.Refused));
        }
    }

    private bool MayTalk
    {
        get
        {
            lock (_context.Gate)
            {
                return _context.Members is not null;
            }
        }
    }

    /// <summary>Answers one authenticated message of a peer. Never throws on hostile input.</summary>
    public ReadOnlyMemory<byte> HandleMessage(VerifiedPeer peer, ReadOnlyMemory<byte> cbor)
    {
        if (!SyncCodec.TryDecode(cbor, out var message))
        {
            return SyncCodec.Encode(new SyncMessage.Refused(SyncRefusal.Malformed));
        }

        var summary = _context.Store.Summary();
        PeerProgress? progress;
        ReplicaState state;
        lock (_context.Gate)
        {
            state = _context.Lifecycle.State;
            progress = ProgressOf(peer.Wallet);
            if (progress is null)
            {
                return SyncCodec.Encode(new SyncMessage.Refused(SyncRefusal.TooManyPeers));
            }

            progress.LastContact = _context.Clock.Elapsed;
            if (message is SyncMessage.Hello hello)
            {
                return SyncCodec.Encode(_responder.Welcome(progress, hello, summary));
            }
        }

        return SyncCodec.Encode(_responder.Answer(progress, message!, state));
    }

    /// <summary>Who the peers are from now on; null: nobody may be talked to. Whoever is none any more gets nothing from this moment.</summary>
    public void Publish(ReplicationMembers? members)
    {
        lock (_context.Gate)
        {
            _context.Members = members;
        }
    }

    /// <summary>Takes the published members in: forgets who left, and ends what is under way with them; knows who came.</summary>
    /// <returns>Their peers, in wallet order; null while nobody may be talked to.</returns>
    public IReadOnlyList<PeerProgress>? TakeMembersIn()
    {
        PeerProgress[] gone;
        PeerProgress[] peers;
        lock (_context.Gate)
        {
            if (_context.Members is not { } members)
            {
                return null;
            }

            gone = [.. _peers.Values.Where(progress => !members.Contains(progress.Wallet))];
            Array.ForEach(gone, progress => _peers.Remove(progress.Wallet));
            foreach (var peer in members.Others)
            {
                Invariant.Require(ProgressOf(peer.Wallet) is not null);
            }

            peers = [.. _peers.Values];
            if (peers.Length == 0)
            {
                _context.Lifecycle.Alone();
                _context.Lineage = _context.Lineage != 0 ? _context.Lineage : _context.Store.Incarnation;
            }
        }

        Array.ForEach(gone, progress => progress.Dispose());
        return peers;
    }

    /// <summary>Expires what is due, and forgets tombstones that everybody has.</summary>
    public void KeepHouse()
    {
        _context.Store.Expire();
        CollectTombstones();
    }

    /// <summary>A round with one peer: greets it, sends what it lacks, repairs what differs. Nothing while this node does not follow.</summary>
    public Task FollowAsync(PeerProgress progress) => _context.ExclusiveAsync(progress, async () =>
    {
        if (State == ReplicaState.Following && await _session.GreetAsync(progress))
        {
            await SendAsync(progress);
            await ConvergeAsync(progress);
        }
    });

    /// <summary>Sends one peer what is new, without waiting for the next round. A peer that failed to answer is left to that.</summary>
    public Task PushAsync(PeerProgress progress) => _context.ExclusiveAsync(progress, () => SendAsync(progress));

    /// <summary>Greets everybody, and comes to follow if what they answer allows it. Nothing while this node follows.</summary>
    /// <param name="followed">Called when it does; greetings that still hang are waited for after that.</param>
    public async Task JoinAsync(Action followed)
    {
        PeerProgress[] peers;
        lock (_context.Gate)
        {
            peers = _context.Members is not { } members || _context.Lifecycle.State == ReplicaState.Following
                ? []
                : [.. _peers.Values.Where(progress => members.Contains(progress.Wallet))];
        }

        if (peers.Length == 0)
        {
            return;
        }

        var reached = new bool[peers.Length];
        var greetings = peers.Select((progress, i) => GreetAsync(progress, () => reached[i] = true)).ToArray();
        PeerProgress[] Answered() => peers.Where((_, i) => greetings[i].IsCompleted && reached[i]).ToArray();

        // A start needs one peer that follows; members that are gone must not delay it by their time limit.
        var pending = greetings.ToList();
        while (pending.Count > 0 && !(State == ReplicaState.Starting && Answered().Any(progress => progress.State == ReplicaState.Following)))
        {
            pending.Remove(await Task.WhenAny(pending.ToArray()));
        }

        // Silence says nothing about the peers when it is this node that stopped asking.
        if (MayTalk && State == ReplicaState.Starting)
        {
            await _join.StartAsync(Answered(), peers.Length, all: pending.Count == 0);
        }
        else if (MayTalk && State == ReplicaState.Isolated)
        {
            await _join.ReturnAsync(Answered(), peers.Length);
        }

        if (State == ReplicaState.Following)
        {
            // Greeted anew: an equal digest shows that the others need nothing of what was pulled from one of them.
            followed();
        }

        await Task.WhenAll(greetings);
    }

    /// <summary>Talks to nobody any more, and ends what is under way.</summary>
    public void End()
    {
        PeerProgress[] peers;
        lock (_context.Gate)
        {
            _context.Members = null;
            peers = [.. _peers.Values];
            _peers.Clear();
        }

        Array.ForEach(peers, progress => progress.Dispose());
    }

    /// <summary>Pushes at once and waits until this many members, this node included, hold the write or a newer one.</summary>
    /// <param name="write">One of this node's last <see cref="Limits.MaxRecentWrites"/> writes.</param>
    /// <returns>How many hold it, at the latest when the time limit passed: may be fewer than asked for.</returns>
    public Task<int> WaitForQuorumAsync(WriteId write, int members, TimeSpan limit, CancellationToken cancel)
    {
        PeerProgress[] peers;
        lock (_context.Gate)
        {
            peers = [.. _peers.Values];
        }

        return _quorum.WaitAsync(peers, write, members, limit, cancel);
    }

    /// <summary>Repairs what a digest showed twice in a row, and takes over the data set of an older lineage.</summary>
    private async Task ConvergeAsync(PeerProgress progress)
    {
        bool repair;
        bool adopt;
        lock (_context.Gate)
        {
            bool bothFollow = _context.Lifecycle.State == ReplicaState.Following && progress.State == ReplicaState.Following && !progress.NeedsGreeting;
            adopt = bothFollow && progress.Lineage != 0 && progress.Lineage < _context.Lineage;
            repair = bothFollow && !adopt && progress.Mismatches >= Limits.MaxMismatchedRounds;
        }

        if (adopt && await _session.PullAsync(progress, present: null))
        {
            lock (_context.Gate)
            {
                _context.Lineage = progress.Lineage < _context.Lineage ? progress.Lineage : _context.Lineage;
            }
        }

        if (repair)
        {
            await _repair.RunAsync(progress);
            await SendAsync(progress);
        }
    }

    private Task GreetAsync(PeerProgress progress, Action reached) => _context.ExclusiveAsync(progress, async () =>
    {
        if (await _session.GreetAsync(progress))
        {
            reached();
        }
    });

    private async Task SendAsync(PeerProgress progress)
    {
        if (!progress.NeedsGreeting)
        {
            await _session.PushAsync(progress);
        }
    }

    private PeerProgress? ProgressOf(WalletAddress wallet)
    {
        if (!_peers.TryGetValue(wallet, out var progress) && _peers.Count < Limits.MaxPeers)
        {
            progress = new PeerProgress(wallet, _context.Store);
            _peers.Add(wallet, progress);
        }

        return progress;
    }

    /// <summary>
    /// Waits for every member heard of within half the retention and a margin: longer than any of them can go on believing that
    /// it is not isolated.
    /// </summary>
    private void CollectTombstones()
    {
        ulong heldUpTo;
        HashSet<RecordName> except;
        lock (_context.Gate)
        {
            // Before a member was asked once, nobody knows what it lacks.
            if (_context.Lifecycle.State != ReplicaState.Following || _peers.Values.Any(progress => progress.IsUntried))
            {
                return;
            }

            var reach = TimeSpan.FromMilliseconds((_context.Store.Options.TombstoneRetentionMs / 2) + Limits.TombstoneReachMarginMs);
            var reachable = _peers.Values.Where(progress => progress.LastContact is { } last && _context.Clock.Elapsed - last <= reach).ToArray();
            heldUpTo = reachable.Length == 0 ? ulong.MaxValue : reachable.Min(progress => progress.Log.Acknowledged);
            except = reachable.SelectMany(progress => progress.Log.RetryQueue).ToHashSet();
        }

        _context.Store.CollectTombstones(heldUpTo, except);
    }
}
