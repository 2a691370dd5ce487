using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>All that this node remembers of one member. Touched under the replicator's lock only.</summary>
internal sealed class PeerProgress : IDisposable
{
    private readonly CancellationTokenSource _ending = new();

    public PeerProgress(WalletAddress wallet, RecordStore store)
    {
        Wallet = wallet;
        Log = new AcknowledgedLog(store);
        Lifetime = _ending.Token;
    }

    public WalletAddress Wallet { get; }

    public AcknowledgedLog Log { get; }

    /// <summary>Until it is no member any more, or the node stops: whatever is under way with it ends then.</summary>
    public CancellationToken Lifetime { get; }

    /// <summary>True until a greeting was answered since the last failure: its answer settles a batch whose answer was lost.</summary>
    public bool NeedsGreeting { get; set; } = true;

    /// <summary>True before the first greeting ended, well or not.</summary>
    public bool IsUntried => NeedsGreeting && LastFailure is null;

    /// <summary>The epoch under which it was reached last: tried first, since not every member holds every epoch.</summary>
    public Epoch? SharedEpoch { get; set; }

    public ReplicaState State { get; set; }

    public UInt128 Lineage { get; set; }

    public Bytes32 Root { get; set; }

    /// <summary>This node pulled all that the peer's incarnation had up to a sequence; said in the next greeting.</summary>
    public HeldClaim? Pulled { get; set; }

    /// <summary>Greetings in a row that found nothing to send and yet another digest.</summary>
    public int Mismatches { get; set; }

    /// <summary>Since when either side heard of the other; decides whose acknowledgement tombstones wait for.</summary>
    public TimeSpan? LastContact { get; set; }

    public string? LastFailure { get; set; }

    /// <summary>The last batch taken from the peer, with the incarnation that sent it.</summary>
    public (UInt128 Sender, SyncMessage.DeltaAck Ack)? LastTaken { get; set; }

    /// <summary>Completes when the exchange under way is over: one at a time for each peer.</summary>
    public TaskCompletionSource? Busy { get; set; }

    /// <summary>Ends what is under way with the peer. Not under the replicator's lock: others go on in here.</summary>
    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
    }
}

/// <summary>"I hold everything that this incarnation of yours had stored up to this sequence."</summary>
internal readonly record struct HeldClaim(UInt128 Incarnation, ulong Sequence);

/// <summary>How far one peer is behind this node.</summary>
/// <param name="Sequences">Changes not yet acknowledged, an upper bound on records; zero when in step.</param>
/// <param name="RetryQueue">Records that the peer asked to be sent again.</param>
/// <param name="SinceContactMs">Since a message went either way; null when none did.</param>
/// <param name="LastFailure">For operators; null when the last exchange succeeded.</param>
internal sealed record PeerLag(WalletAddress Wallet, ulong Sequences, int RetryQueue, long? SinceContactMs, string? LastFailure);

/// <summary>Replication figures for operators, peers in wallet order.</summary>
internal sealed record ReplicationStats(ReplicaState State, IReadOnlyList<PeerLag> Peers, long Repairs, long RefusedByPeers);
