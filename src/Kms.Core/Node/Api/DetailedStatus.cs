using Kms.Core.Node.Chain;
using Kms.Core.Primitives;
using Kms.Core.Supervision;

namespace Kms.Core.Node.Api;

/// <summary>What proven operators and peers see in <c>/status</c>. Public facts and figures; never secret.</summary>
/// <param name="Detail">Free text behind the readiness reason; empty when ready.</param>
/// <param name="ProposalBlocks">How long the registry's proposals live, in blocks, at the latest view.</param>
/// <param name="ProposalBlocksNeeded">How long they must live before this node proposes.</param>
/// <param name="CaughtUp">Whether what peers hold was pulled since the start: a node that has not denies no key.</param>
/// <param name="Unfunded">What somebody with ether can do for this node's wallet; null when nothing is needed.</param>
/// <param name="InternalErrors">Unexpected exceptions by the border that caught them: bugs, of this program or of a port.</param>
internal sealed record DetailedStatus(
    string Detail,
    BlockRef? Latest,
    BlockRef? Final,
    IReadOnlyList<EpochStatus> Epochs,
    IReadOnlyList<PeerStatus> Peers,
    StoreStatus Store,
    ulong? ProposalBlocks,
    ulong ProposalBlocksNeeded,
    bool CaughtUp,
    UnfundedNotice? Unfunded,
    IReadOnlyDictionary<WorkUnit, long> InternalErrors);

/// <summary>What the node's loop publishes for <c>/status</c> and <c>/nodes</c>. Reads only: no call here does I/O or fans out (finding M4).</summary>
internal interface IStatusSource
{
    /// <summary>This node's wallet is an eligible operator at both views.</summary>
    bool IsOperator { get; }

    /// <summary>This node's own URL as registered or configured; empty while unknown.</summary>
    string NodeUrl { get; }

    /// <summary>The members as last probed, ordered by wallet, this node included.</summary>
    IReadOnlyList<NodeSummary> Nodes { get; }

    /// <summary>For proven operators and peers.</summary>
    DetailedStatus Details { get; }
}

/// <summary>One member of the cluster in <c>/nodes</c>, from cached probes.</summary>
/// <param name="Url">As registered, but parsed by <see cref="Network.PeerUrl"/>; empty when it is not acceptable.</param>
/// <param name="ServiceAvailable">Answered ready when it was last probed.</param>
/// <param name="ProbedAgoMs">Milliseconds since that probe; null when never.</param>
internal sealed record NodeSummary(
    WalletAddress Wallet,
    TeePublicKey? TeePublicKey,
    string Url,
    bool IsOperator,
    bool ServiceAvailable,
    long? ProbedAgoMs);

/// <param name="Hash">The on-chain commitment.</param>
/// <param name="State">What this node has of it: <c>active</c>, <c>quarantined</c>, <c>missing</c>, <c>retired</c>.</param>
internal sealed record EpochStatus(Epoch Epoch, Bytes32 Hash, string State);

/// <param name="Url">As registered: hostile text.</param>
/// <param name="Reachable">There was contact, and the last exchange that this node began did not fail.</param>
/// <param name="LastExchangeAgoMs">Milliseconds since the last contact, its answer or a message of its own; null when none.</param>
/// <param name="UnacknowledgedRecords">At most how many of the records stored here it has not acknowledged.</param>
internal sealed record PeerStatus(WalletAddress Wallet, string Url, bool Reachable, long? LastExchangeAgoMs, long UnacknowledgedRecords);

/// <param name="Records">Live ones.</param>
/// <param name="Bytes">
/// Memory charged against <see cref="Limits.StoreLimitBytes"/>, of tombstones too: for each record
/// <see cref="Limits.RecordOverheadBytes"/>, its key and its sealed value. Not what quotas count.
/// </param>
/// <param name="Conflicts">Writes that lost to a concurrent one (design §8): counted, never silent.</param>
/// <param name="OldestEpoch">The oldest epoch that a record here is sealed under: what is older may be retired. Null without records.</param>
internal sealed record StoreStatus(long Records, long Tombstones, long Bytes, long Conflicts, Bytes32 Digest, Epoch? OldestEpoch);
