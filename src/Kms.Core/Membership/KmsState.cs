using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>KMSRegistry at one block.</summary>
/// <param name="KmsApp">Null until <c>kmsAppId</c> is set.</param>
/// <param name="DefaultEpoch">The epoch that derive uses when the request names none; null while there is no epoch.</param>
/// <param name="Epochs">All activated epochs in order; the last one is current.</param>
/// <param name="Proposal">The newest proposal, open or not; null if there never was one.</param>
/// <param name="ProposalBlocks">Life of a proposal in blocks; must exceed three times the finality depth.</param>
public sealed record KmsState(
    AppId? KmsApp,
    Epoch? DefaultEpoch,
    IReadOnlyList<EpochRecord> Epochs,
    ProposalRecord? Proposal,
    bool NextEpochWanted,
    bool ProposalsPaused,
    uint ConfirmationTarget,
    ulong ProposalBlocks,
    IReadOnlyList<Bytes32> ApprovedMeasurements)
{
    /// <summary>The newest activated epoch, or null.</summary>
    public EpochRecord? Current => Epochs.Count == 0 ? null : Epochs[^1];

    /// <summary>The record of an epoch, or null when it was never activated.</summary>
    public EpochRecord? Find(Epoch epoch) => epoch.Value <= (ulong)Epochs.Count && !epoch.IsDefault ? Epochs[(int)epoch.Value - 1] : null;
}
