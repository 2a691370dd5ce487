using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Adapters.Ethereum;

/// <summary>What <c>nodeState()</c> answers; epochs come from <c>epochsPage</c>.</summary>
internal sealed record NodeState(
    AppId? KmsApp,
    WalletAddress? AppRegistry,
    ulong EpochCount,
    Epoch? DefaultEpoch,
    bool NextEpochWanted,
    bool ProposalsPaused,
    uint ConfirmationTarget,
    ulong ProposalBlocks,
    ProposalRecord? Proposal,
    IReadOnlyList<Bytes32> ApprovedMeasurements)
{
    public KmsState With(IReadOnlyList<EpochRecord> epochs) => new(
        KmsApp,
        DefaultEpoch,
        epochs,
        Proposal,
        NextEpochWanted,
        ProposalsPaused,
        ConfirmationTarget,
        ProposalBlocks,
        ApprovedMeasurements);
}
