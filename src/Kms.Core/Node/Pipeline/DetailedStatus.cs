using Kms.Core.Node.Chain;
using Kms.Core.Primitives;
using Kms.Core.Supervision;

namespace Kms.Core.Node.Pipeline;

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
