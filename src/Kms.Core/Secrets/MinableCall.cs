using Kms.Core.Primitives;

namespace Kms.Core.Secrets;

/// <summary>A transaction or signed statement of ours that may still be mined.</summary>
/// <param name="ProposalId">Zero for a proposal.</param>
internal sealed record MinableCall(Bytes32 Hash, ulong ProposalId);
