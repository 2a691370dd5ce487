using Kms.Core.Ports;

namespace Kms.Core.Replication;

/// <summary>
/// The one place that moves <see cref="ReplicaState"/>. A node that has exchanged with a peer before, still has peers, and got
/// no answer from any for half the tombstone retention is isolated: others may forget tombstones that it never saw.
/// </summary>
/// <remarks>
/// A node alone in its cluster is never isolated, nor is one that never reached a peer: it holds nothing that others deleted.
/// Only answers to own messages count as contact; a message that merely arrives proves nothing about the way back. Isolation
/// is judged before an answer is credited, so a node that slept through the limit cannot talk itself out of it.
/// Not thread-safe: the replicator's lock covers it.
/// </remarks>
internal sealed class ReplicaLifecycle
{
    private static readonly (ReplicaState From, ReplicaState To)[] Transitions =
    [
        (ReplicaState.Starting, ReplicaState.Following),
        (ReplicaState.Starting, ReplicaState.Isolated),
        (ReplicaState.Following, ReplicaState.Isolated),
        (ReplicaState.Isolated, ReplicaState.Returning),
        (ReplicaState.Isolated, ReplicaState.Following),
        (ReplicaState.Returning, ReplicaState.Following),
        (ReplicaState.Returning, ReplicaState.Isolated),
    ];

    private readonly IClock _clock;
    private readonly TimeSpan _limit;
    private TimeSpan? _lastContact;
    private ReplicaState _state = ReplicaState.Starting;
    private bool _hasFollowed;

    public ReplicaLifecycle(IClock clock, TimeSpan limit)
    {
        _clock = clock;
        _limit = limit;
    }

    /// <summary>
    /// What its peers held was here once, or there was nobody to pull from. A node that was cut off before that knows nothing, and
    /// one that replaces what it has knows it only in part.
    /// </summary>
    public bool IsCaughtUp => State is ReplicaState.Following or ReplicaState.Isolated && _hasFollowed;

    /// <summary>The state as of now.</summary>
    public ReplicaState State
    {
        get
        {
            bool mayIsolate = _state is ReplicaState.Starting or ReplicaState.Following;
            if (mayIsolate && _lastContact is { } last && _clock.Elapsed - last >= _limit)
            {
                Move(ReplicaState.Isolated);
            }

            return _state;
        }
    }

    /// <summary>A peer answered, or there is no peer to be cut off from.</summary>
    public void Contact()
    {
        _ = State;
        _lastContact = _clock.Elapsed;
    }

    /// <summary>There are no peers: nothing to be cut off from, unless this node was cut off before they went.</summary>
    public void Alone()
    {
        if (State is ReplicaState.Isolated or ReplicaState.Starting)
        {
            Move(ReplicaState.Following);
        }

        _lastContact = _lastContact is null ? null : _clock.Elapsed;
    }

    public void Move(ReplicaState to)
    {
        Invariant.Require(Transitions.Contains((_state, to)));
        _state = to;
        _hasFollowed |= to == ReplicaState.Following;
    }
}

/// <summary>Where a node stands among its peers. The numbers are the wire's.</summary>
internal enum ReplicaState
{
    /// <summary>Has not pulled a snapshot yet.</summary>
    Starting = 0,

    /// <summary>Exchanges normally.</summary>
    Following = 1,

    /// <summary>Exchanged with nobody for half the tombstone retention: refuses writes, offers nothing to others.</summary>
    Isolated = 2,

    /// <summary>Pushed what only it had and now replaces the rest by a peer's snapshot.</summary>
    Returning = 3,
}
