using Kms.Core.Primitives;

namespace Kms.Core.Node.Pipeline;

/// <param name="Hash">The on-chain commitment.</param>
/// <param name="State">What this node has of it: <c>active</c>, <c>quarantined</c>, <c>missing</c>, <c>retired</c>.</param>
internal sealed record EpochStatus(Epoch Epoch, Bytes32 Hash, string State);
