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
    private readonly SortedDictionary<WalletAddress, PeerLink> _links = [];

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

    /// <summary>False while isolated or returning: the pipeline refuses puts and deletes with 503.</summary>
    public bool AcceptsWrites => !IsIsolated;

    /// <summary>True once a snapshot was pulled, or there was nobody to pull from. Before that the pipeline denies no key.</summary>
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

    public ReplicationFigures Figures()
    {
        ulong sequence = _context.Store.Sequence;
        lock (_context.Gate)
        {
            var now = _context.Clock.Elapsed;
            var peers = _links.Values.Select(link => new PeerLag(
                link.Peer.Wallet,
                sequence - Math.Min(sequence, link.Cursor.Acknowledged),
                link.Cursor.SetAside.Count,
                link.LastContact is { } last ? (long)(now - last).TotalMilliseconds : null,
                link.LastFailure)).ToArray();
            return new ReplicationFigures(_context.Lifecycle.State, peers, _context.Repairs, _links.Values.Sum(link => link.Cursor.Refused));
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
        PeerLink? link;
        ReplicaState state;
        lock (_context.Gate)
        {
            state = _context.Lifecycle.State;
            link = Link(peer);
            if (link is null)
            {
                return SyncCodec.Encode(new SyncMessage.Refused(SyncRefusal.TooManyPeers));
            }

            link.LastContact = _context.Clock.Elapsed;
            if (message is SyncMessage.Hello hello)
            {
                return SyncCodec.Encode(_responder.Welcome(link, hello, summary));
            }
        }

        return SyncCodec.Encode(_responder.Answer(link, message!, state));
    }

    /// <summary>One round with all members but this node: hello, deltas, snapshot or repair, then expiry and collection.</summary>
    /// <param name="epochs">Those that messages can be sealed under, the newest first.</param>
    public async Task<ReplicationRound> RunRoundAsync(IReadOnlyList<VerifiedPeer> peers, IReadOnlyList<Epoch> epochs, CancellationToken cancel)
    {
        Invariant.Require(epochs.Count > 0);
        Invariant.Require(peers.Count <= Limits.MaxPeers);
        _context.Store.Expire();
        PeerLink[] links;
        (long Sent, long Received, long Repairs) before;
        lock (_context.Gate)
        {
            _context.Epochs = epochs;
            _context.Lifetime = cancel;
            links = Adopt(peers);
            before = (_context.Sent, _context.Received, _context.Repairs);
        }

        bool[] reached = State == ReplicaState.Following
            ? await Task.WhenAll(links.Select(FollowAsync).ToArray())
            : await JoinAsync(links);
        CollectTombstones();
        var summary = _context.Store.Summary();
        lock (_context.Gate)
        {
            return new ReplicationRound(
                _context.Lifecycle.State,
                links.Length,
                reached.Count(answered => answered),
                links.Where((link, i) => reached[i] && link.Root == summary.Root).Count(),
                (int)(_context.Sent - before.Sent),
                (int)(_context.Received - before.Received),
                (int)(_context.Repairs - before.Repairs));
        }
    }

    /// <summary>Pushes what is new to the peers of the last round, without waiting for the next. Call after a write.</summary>
    /// <remarks>Peers that failed to answer are left to the next round.</remarks>
    public Task PushAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        PeerLink[] links;
        lock (_context.Gate)
        {
            links = _links.Values.Where(link => !link.NeedsGreeting).ToArray();
        }

        return Task.WhenAll(links.Select(link => _context.ExclusiveAsync(link, () => PushAsync(link))).ToArray());
    }

    /// <summary>Pushes at once and waits until this many members, this node included, hold the write or a newer one.</summary>
    /// <param name="write">One of this node's last <see cref="Limits.MaxRecentWrites"/> writes.</param>
    /// <returns>How many hold it, at the latest when the time limit passed: may be fewer than asked for.</returns>
    public Task<int> WaitForQuorumAsync(WriteId write, int members, TimeSpan limit, CancellationToken cancel)
    {
        PeerLink[] links;
        lock (_context.Gate)
        {
            links = [.. _links.Values];
        }

        return _quorum.WaitAsync(links, write, members, limit, cancel);
    }

    private async Task<bool> FollowAsync(PeerLink link)
    {
        bool answered = false;
        await _context.ExclusiveAsync(link, async () =>
        {
            answered = await _session.GreetAsync(link);
            if (!answered)
            {
                return;
            }

            await PushAsync(link);
            await ConvergeAsync(link);
        });
        return answered;
    }

    /// <summary>Repairs what a digest showed twice in a row, and takes over the data set of an older lineage.</summary>
    private async Task ConvergeAsync(PeerLink link)
    {
        bool repair;
        bool adopt;
        lock (_context.Gate)
        {
            bool bothFollow = _context.Lifecycle.State == ReplicaState.Following && link.State == ReplicaState.Following && !link.NeedsGreeting;
            adopt = bothFollow && link.Lineage != 0 && link.Lineage < _context.Lineage;
            repair = bothFollow && !adopt && link.Mismatches >= Limits.MaxMismatchedRounds;
        }

        if (adopt && await _session.PullAsync(link, present: null))
        {
            lock (_context.Gate)
            {
                _context.Lineage = link.Lineage < _context.Lineage ? link.Lineage : _context.Lineage;
            }
        }

        if (repair)
        {
            await _repair.RunAsync(link);
            await PushAsync(link);
        }
    }

    private async Task<bool[]> JoinAsync(PeerLink[] links)
    {
        if (links.Length == 0)
        {
            return [];
        }

        var reached = new bool[links.Length];
        var greetings = links.Select((link, i) => GreetAsync(link, () => reached[i] = true)).ToArray();
        PeerLink[] Answered() => links.Where((_, i) => greetings[i].IsCompleted && reached[i]).ToArray();

        // A start needs one peer that follows; members that are gone must not delay it by their time limit.
        var pending = greetings.ToList();
        while (pending.Count > 0 && !(State == ReplicaState.Starting && Answered().Any(link => link.State == ReplicaState.Following)))
        {
            pending.Remove(await Task.WhenAny(pending.ToArray()));
        }

        if (State == ReplicaState.Starting)
        {
            await _join.StartAsync(Answered(), links.Length, all: pending.Count == 0);
        }
        else if (State == ReplicaState.Isolated)
        {
            await _join.ReturnAsync(Answered(), links.Length);
        }

        await Task.WhenAll(greetings);
        if (State == ReplicaState.Following)
        {
            // Greeted anew: an equal digest shows that the others need nothing of what was pulled from one of them.
            await Task.WhenAll(links.Where((_, i) => reached[i]).Select(FollowAsync).ToArray());
        }

        return reached;
    }

    private Task GreetAsync(PeerLink link, Action reached) => _context.ExclusiveAsync(link, async () =>
    {
        if (await _session.GreetAsync(link))
        {
            reached();
        }
    });

    private async Task PushAsync(PeerLink link)
    {
        if (!link.NeedsGreeting)
        {
            await _session.PushAsync(link);
        }
    }

    private PeerLink[] Adopt(IReadOnlyList<VerifiedPeer> peers)
    {
        var members = peers.ToDictionary(peer => peer.Wallet);
        foreach (var gone in _links.Keys.Where(wallet => !members.ContainsKey(wallet)).ToArray())
        {
            _links.Remove(gone);
        }

        foreach (var peer in peers)
        {
            var link = Link(peer);
            Invariant.Require(link is not null);
            link.Peer = peer;
        }

        if (peers.Count == 0)
        {
            _context.Lifecycle.Alone();
            _context.Lineage = _context.Lineage != 0 ? _context.Lineage : _context.Store.Incarnation;
        }

        return [.. _links.Values];
    }

    private PeerLink? Link(VerifiedPeer peer)
    {
        if (!_links.TryGetValue(peer.Wallet, out var link) && _links.Count < Limits.MaxPeers)
        {
            link = new PeerLink(peer, _context.Store);
            _links.Add(peer.Wallet, link);
        }

        return link;
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
            if (_context.Lifecycle.State != ReplicaState.Following)
            {
                return;
            }

            var reach = TimeSpan.FromMilliseconds((_context.Store.Options.TombstoneRetentionMs / 2) + Limits.TombstoneReachMarginMs);
            var reachable = _links.Values.Where(link => link.LastContact is { } last && _context.Clock.Elapsed - last <= reach).ToArray();
            heldUpTo = reachable.Length == 0 ? ulong.MaxValue : reachable.Min(link => link.Cursor.Acknowledged);
            except = reachable.SelectMany(link => link.Cursor.SetAside).ToHashSet();
        }

        _context.Store.CollectTombstones(heldUpTo, except);
    }
}
