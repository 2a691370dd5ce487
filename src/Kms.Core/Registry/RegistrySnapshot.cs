using Kms.Core.Primitives;

namespace Kms.Core.Registry;

/// <summary>Everything a membership decision needs, read at one block.</summary>
/// <param name="App">The KMS's own app; null if the registry does not know it.</param>
/// <param name="Unlisted">
/// Instances that the app registry has among the app's active ones and KMSRegistry not on its list, in the registry's order, at most
/// <see cref="Limits.MaxOperators"/>: none of them is a member, but none of their keys is another's.
/// </param>
public sealed record RegistrySnapshot(
    BlockRef At, KmsState Kms, AppRecord? App, IReadOnlyList<OperatorRecord> Operators, IReadOnlyList<InstanceRecord> Unlisted, SelfRecord Self);

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

/// <summary>One activated epoch of KMSRegistry.</summary>
/// <param name="Hash">keccak256 of the master secret.</param>
public sealed record EpochRecord(Epoch Epoch, Bytes32 Hash, WalletAddress Proposer, ulong ActivatedAtBlock, uint Confirmations, bool Retired);

/// <summary>The newest proposal of KMSRegistry.</summary>
/// <param name="IsOpen">Neither activated nor expired at the block that was read.</param>
public sealed record ProposalRecord(
    ulong Id,
    Epoch Epoch,
    Bytes32 Hash,
    WalletAddress Proposer,
    ulong ProposedAtBlock,
    ulong ExpiresAtBlock,
    uint Confirmations,
    bool IsOpen);

/// <summary>What a node needs of <c>getApp</c>.</summary>
public sealed record AppRecord(AppId Id, AppStatus Status);

/// <summary>NovaAppRegistry app status, as on chain.</summary>
public enum AppStatus
{
    Active = 0,
    Inactive = 1,
    Revoked = 2,
}

/// <summary>What a node needs of <c>getVersion</c>. A zero measurement is never authorised (M5).</summary>
public sealed record VersionRecord(AppId App, VersionId Id, VersionStatus Status, Bytes32 CodeMeasurement);

/// <summary>NovaAppRegistry version status, as on chain.</summary>
public enum VersionStatus
{
    Enrolled = 0,
    Deprecated = 1,
    Revoked = 2,
}

/// <summary>What a node needs of <c>getInstanceByWallet</c>.</summary>
/// <param name="Url">As registered: hostile text until <see cref="Network.PeerUrl"/> parsed it.</param>
/// <param name="TeePublicKey">Null when the registered bytes are not a P-384 key.</param>
public sealed record InstanceRecord(
    InstanceId Id,
    AppId App,
    VersionId Version,
    WalletAddress Wallet,
    TeePublicKey? TeePublicKey,
    string Url,
    bool ZkVerified,
    InstanceStatus Status);

/// <summary>NovaAppRegistry instance status, as on chain. Only Active → Stopped or Failed, never back.</summary>
public enum InstanceStatus
{
    Active = 0,
    Stopped = 1,
    Failed = 2,
}

/// <summary>A wallet on KMSRegistry's operator list, with what the app registry says of it. Being listed is no right.</summary>
public sealed record OperatorRecord(WalletAddress Wallet, InstanceRecord? Instance, VersionRecord? Version);

/// <summary>What KMSRegistry holds about this node's own wallet.</summary>
/// <param name="HasConfirmed">It has confirmed the newest proposal.</param>
/// <param name="BarredUntilBlock">It may not propose before this block (expired proposals); zero when free.</param>
public sealed record SelfRecord(bool HasConfirmed, ulong BarredUntilBlock);

/// <summary>What the registry says of a wallet at one block. Nulls: the registry knows no such record.</summary>
public sealed record WalletFacts(BlockRef At, WalletAddress Wallet, InstanceRecord? Instance, VersionRecord? Version, AppRecord? App);
