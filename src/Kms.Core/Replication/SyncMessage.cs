using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>What members say to each other (docs/spec/peer-protocol.md, "Messages"). Each request has one kind of answer.</summary>
internal abstract record SyncMessage
{
    private SyncMessage()
    {
    }

    /// <summary>Who I am and what I hold.</summary>
    /// <param name="Lineage">The data set that the sender once held in full; zero while it starts.</param>
    /// <param name="Held">The sender holds all that this incarnation of the receiver had stored up to a sequence.</param>
    public sealed record Hello(UInt128 Incarnation, ReplicaState State, UInt128 Lineage, Bytes32 Root, HeldClaim? Held) : SyncMessage;

    /// <param name="Last">The last batch that the answerer took from the asker: an answer that was lost is not lost for good.</param>
    public sealed record HelloAnswer(UInt128 Incarnation, ReplicaState State, UInt128 Lineage, Bytes32 Root, DeltaAck? Last) : SyncMessage;

    /// <param name="Target">The receiver's incarnation as the sender knows it.</param>
    /// <param name="Batch">Rises with every batch that the sender's incarnation sends to this peer.</param>
    public sealed record Delta(UInt128 Incarnation, UInt128 Target, ulong Batch, IReadOnlyList<StoredRecord> Records) : SyncMessage;

    /// <param name="Verdicts">One for each record, in the batch's order.</param>
    public sealed record DeltaAck(UInt128 Incarnation, ulong Batch, IReadOnlyList<ReceiveVerdict> Verdicts) : SyncMessage;

    /// <summary>Asks for a page of everything after a name.</summary>
    public sealed record SnapshotRequest(UInt128 Target, RecordName? After) : SyncMessage;

    /// <summary>Asks for the records under these keys.</summary>
    public sealed record Fetch(AppId App, IReadOnlyList<string> Keys) : SyncMessage;

    /// <summary>Answers <see cref="SnapshotRequest"/>, and <see cref="Fetch"/> with as many of its records as fit.</summary>
    /// <param name="Sequence">The answerer's sequence when it read the page.</param>
    public sealed record SnapshotPage(UInt128 Incarnation, ulong Sequence, IReadOnlyList<StoredRecord> Records, RecordName? Next) : SyncMessage;

    /// <summary>Asks for the roots of the apps after an app.</summary>
    public sealed record DigestApps(AppId? After) : SyncMessage;

    public sealed record DigestAppsAnswer(IReadOnlyList<AppSummary> Apps, bool More) : SyncMessage;

    /// <summary>Asks for an app's bucket hashes.</summary>
    public sealed record DigestBuckets(AppId App) : SyncMessage;

    public sealed record DigestBucketsAnswer(IReadOnlyList<Bytes32> Buckets) : SyncMessage;

    /// <summary>Asks what a bucket holds, after a leaf.</summary>
    public sealed record DigestLeaves(AppId App, int Bucket, Bytes32? After) : SyncMessage;

    public sealed record DigestLeavesAnswer(IReadOnlyList<LeafSummary> Leaves, bool More) : SyncMessage;

    public sealed record Refused(SyncRefusal Reason) : SyncMessage;
}

/// <summary>Why a peer did not do what a sync message asked. The numbers are the wire's.</summary>
internal enum SyncRefusal
{
    /// <summary>Not a message of this protocol.</summary>
    Malformed = 0,

    /// <summary>Meant for an earlier start of the node: greet again.</summary>
    WrongIncarnation = 1,

    /// <summary>The node is starting, isolated or returning and offers its records to nobody.</summary>
    NotServing = 2,

    /// <summary>The node knows too many peers already.</summary>
    TooManyPeers = 3,
}
