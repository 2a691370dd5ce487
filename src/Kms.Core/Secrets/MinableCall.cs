using Kms.Core.Primitives;

namespace Kms.Core.Secrets;

/// <summary>A transaction or signed statement of ours that may still be mined.</summary>
/// <param name="ProposalId">Zero for a proposal.</param>
/// <param name="MayRepeat">It has waited long enough to be sent again.</param>
internal sealed record MinableCall(Bytes32 Hash, ulong ProposalId, bool MayRepeat)
{
    public bool IsProposal => ProposalId == 0;
}
