using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>Keeps this node's records and its peers' the same: pushes, answers, repairs, and knows when it must not serve.</summary>
internal sealed class Replicator : IWriteReplication
{
    public Replicator(RecordStore store, IPeerChannel channel, IClock clock) => throw new NotImplementedException();

    public ReplicaState State => throw new NotImplementedException();

    public bool IsIsolated => throw new NotImplementedException();

    /// <summary>False while isolated or returning: the pipeline refuses puts and deletes with 503.</summary>
    public bool AcceptsWrites => throw new NotImplementedException();

    /// <summary>True once a snapshot was pulled, or a round found nobody to pull from. Reads before that may miss keys.</summary>
    public bool IsCaughtUp => throw new NotImplementedException();

    public ReplicationFigures Figures() => throw new NotImplementedException();

    /// <summary>Answers one authenticated message of a peer. Never throws on hostile input.</summary>
    public ReadOnlyMemory<byte> HandleMessage(VerifiedPeer peer, ReadOnlyMemory<byte> cbor) => throw new NotImplementedException();

    /// <summary>One round with all members but this node: hello, deltas, snapshot or repair, then expiry and collection.</summary>
    public Task<ReplicationRound> RunRoundAsync(IReadOnlyList<VerifiedPeer> peers, Epoch epoch, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Pushes what is new to the peers of the last round, without waiting for the next. Call after a write.</summary>
    public Task PushAsync(CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Pushes at once and waits until this many members, this node included, hold the write or a newer one.</summary>
    /// <returns>How many hold it, at the latest when the time limit passed: may be fewer than asked for.</returns>
    public Task<int> WaitForQuorumAsync(WriteId write, int members, TimeSpan limit, CancellationToken cancel) => throw new NotImplementedException();
}
