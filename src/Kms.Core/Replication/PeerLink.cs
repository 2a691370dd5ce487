using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>All that this node remembers of one member. Touched under the replicator's lock only.</summary>
internal sealed class PeerLink : IDisposable
{
    private readonly CancellationTokenSource _ending = new();

    public PeerLink(WalletAddress wallet, RecordStore store)
    {
        Wallet = wallet;
        Cursor = new PeerCursor(store);
        Lifetime = _ending.Token;
    }

    public WalletAddress Wallet { get; }

    public PeerCursor Cursor { get; }

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
