using System.Diagnostics.CodeAnalysis;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Supervision;

namespace Kms.Core.Replication;

/// <summary>
/// Replication in loops of its own, beside the chain's: one worker for each peer, which pushes what is new as soon as it is called
/// and has a round every tick; one that joins the others while this node does not follow; and one that keeps house. None waits for
/// another or for the chain. Whom there is to talk to is what the chain's loop published last.
/// </summary>
internal sealed class ReplicationLoop
{
    private readonly Replicator _replicator;
    private readonly IClock _clock;
    private readonly InternalErrors _errors;
    private readonly long _tickMs;
    private readonly TurnLoop _house;
    private readonly TurnLoop _join;

    // Changed by the turns of the house alone; read under the lock by whoever calls for a turn.
    private readonly object _gate = new();
    private readonly SortedDictionary<WalletAddress, Worker> _workers = [];
    private readonly List<Worker> _dismissed = [];
    private ReplicationMembers? _published;
    private bool _hasNews;

    public ReplicationLoop(Replicator replicator, IClock clock, InternalErrors errors, long tickMs)
    {
        _replicator = replicator;
        _clock = clock;
        _errors = errors;
        _tickMs = tickMs;
        _house = new TurnLoop(WorkUnit.Replication, clock, errors, tickMs, _ => KeepHouseAsync());
        _join = new TurnLoop(WorkUnit.ReplicationJoin, clock, errors, tickMs, _ => replicator.JoinAsync(RequestRounds));
    }

    /// <summary>
    /// Who the peers are from now on: whoever is none any more gets nothing from this moment. Null: this node is in no position to
    /// talk to anybody. No I/O; may be called under any lock but the replicator's.
    /// </summary>
    public void Publish(ReplicationMembers? members)
    {
        _replicator.Publish(members);
        bool same;
        lock (_gate)
        {
            same = members is null || members.IsSameAs(_published);
            _published = members;
            _hasNews |= !same;
        }

        if (!same)
        {
            _house.RequestNow();
        }
    }

    /// <summary>Asks for new records to be pushed to each peer; does not wait. Call after a write.</summary>
    public void RequestPush()
    {
        lock (_gate)
        {
            foreach (var worker in _workers.Values)
            {
                worker.Loop.Nudge();
            }
        }
    }

    /// <summary>Runs until cancelled. Ends when its work has ended.</summary>
    /// <exception cref="BrokenRingException">The ring of secrets contradicts itself.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] loops = [_house.RunAsync(ending.Token), _join.RunAsync(ending.Token)];
        try
        {
            await await Task.WhenAny(loops);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to stop: the ordinary end.
        }
        finally
        {
            ending.Cancel();
            await EndAsync(loops);
        }
    }

    private async Task EndAsync(Task[] loops)
    {
        _replicator.End();
        Task[] workers;
        lock (_gate)
        {
            workers = [.. _workers.Values.Concat(_dismissed).Select(worker => worker.Running)];
        }

        foreach (var task in loops.Concat(workers))
        {
            await EndedAsync(task);
        }
    }

    private void RequestRounds()
    {
        lock (_gate)
        {
            foreach (var worker in _workers.Values)
            {
                worker.Loop.RequestNow();
            }
        }
    }

    private async Task KeepHouseAsync()
    {
        await ObserveAsync();
        if (_replicator.TakeMembersIn() is not { } peers)
        {
            return;
        }

        bool hasNews = TakeNews();
        if (hasNews)
        {
            RequestRounds();
        }

        // Who is hired begins with a round.
        Staff(peers);
        if (hasNews)
        {
            _join.RequestNow();
        }

        _replicator.KeepHouse();
    }

    private bool TakeNews()
    {
        lock (_gate)
        {
            bool hasNews = _hasNews;
            _hasNews = false;
            return hasNews;
        }
    }

    /// <summary>One worker for each peer. Those of peers that are gone end.</summary>
    private void Staff(IReadOnlyList<PeerProgress> peers)
    {
        List<Worker> hired = [];
        var current = peers.ToHashSet();
        lock (_gate)
        {
            foreach (var gone in _workers.Values.Where(worker => !current.Contains(worker.Progress)).ToArray())
            {
                _workers.Remove(gone.Progress.Wallet);
                _dismissed.Add(gone);
            }

            foreach (var progress in peers.Where(progress => !_workers.ContainsKey(progress.Wallet)))
            {
                var worker = new Worker(progress, new TurnLoop(
                    WorkUnit.ReplicationLink, _clock, _errors, _tickMs,
                    isDue => isDue ? _replicator.FollowAsync(progress) : _replicator.PushAsync(progress)));
                _workers.Add(progress.Wallet, worker);
                hired.Add(worker);
            }
        }

        // Not under the lock: each works until it has to wait for the first time.
        hired.ForEach(worker => worker.Running = RunAsync(worker));
    }

    private async Task RunAsync(Worker worker)
    {
        try
        {
            await worker.Loop.RunAsync(worker.Progress.Lifetime);
        }
        finally
        {
            _house.RequestNow();
        }
    }

    /// <summary>Lets go of workers that ended. One that was not dismissed ended by a broken ring, which comes through here.</summary>
    private async Task ObserveAsync()
    {
        Worker[] ended;
        lock (_gate)
        {
            ended = [.. _workers.Values.Concat(_dismissed).Where(worker => worker.Running.IsCompleted)];
            _dismissed.RemoveAll(ended.Contains);
        }

        foreach (var worker in ended)
        {
            await EndedAsync(worker.Running);
        }
    }

    private static async Task EndedAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // It was asked to end, and did.
        }
    }

    private sealed class Worker(PeerProgress progress, TurnLoop loop)
    {
        public PeerProgress Progress { get; } = progress;

        public TurnLoop Loop { get; } = loop;

        public Task Running { get; set; } = Task.CompletedTask;
    }
}

/// <summary>Whom this node exchanges records with, and under which epochs: what one view of the chain says.</summary>
internal sealed class ReplicationMembers
{
    private readonly Dictionary<WalletAddress, VerifiedPeer> _byWallet;

    /// <param name="others">All members but this node.</param>
    /// <param name="epochs">Those that messages can be sealed under, in the order in which they are tried.</param>
    public ReplicationMembers(IReadOnlyList<VerifiedPeer> others, IReadOnlyList<Epoch> epochs)
    {
        Invariant.Require(epochs.Count > 0);
        Invariant.Require(others.Count <= Limits.MaxPeers);
        Others = others;
        Epochs = epochs;
        _byWallet = others.ToDictionary(peer => peer.Wallet);
    }

    public IReadOnlyList<VerifiedPeer> Others { get; }

    public IReadOnlyList<Epoch> Epochs { get; }

    public bool Contains(WalletAddress wallet) => _byWallet.ContainsKey(wallet);

    public bool TryGet(WalletAddress wallet, [NotNullWhen(true)] out VerifiedPeer? peer) => _byWallet.TryGetValue(wallet, out peer);

    /// <summary>The same peers in the same places, and the same epochs: a newer view that says nothing new here.</summary>
    public bool IsSameAs(ReplicationMembers? other) =>
        other is not null && Epochs.SequenceEqual(other.Epochs) && Others.Count == other.Others.Count
        && Others.All(peer => other.TryGet(peer.Wallet, out var same) && same.Instance == peer.Instance);
}
