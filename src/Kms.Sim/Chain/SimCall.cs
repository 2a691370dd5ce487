using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Sim.Chain;

/// <summary>Every state change of the two simulated registries, as a transaction carries it.</summary>
internal abstract record SimCall
{
    private SimCall()
    {
    }

    // NovaAppRegistry, sent by the platform or by owners of apps.
    public sealed record RegisterApp(AppId App) : SimCall;

    public sealed record EnrollVersion(AppId App, Bytes32 Measurement) : SimCall;

    public sealed record RegisterInstance(AppId App, VersionId Version, WalletAddress Wallet, string Url, TeePublicKey? Key, bool ZkVerified) : SimCall;

    public sealed record SetInstanceStatus(InstanceId Instance, InstanceStatus Status) : SimCall;

    public sealed record SetVersionStatus(AppId App, VersionId Version, VersionStatus Status) : SimCall;

    public sealed record SetAppStatus(AppId App, AppStatus Status) : SimCall;

    public sealed record UseOldBuild(bool Old) : SimCall;

    /// <summary>ENROLLED again: no contract's call, but what an upgrade of the platform's registry could do.</summary>
    public sealed record RestoreVersion(AppId App, VersionId Version) : SimCall;

    // KMSRegistry: operators. The callbacks arrive with the calls above; these are the ones that somebody sends.
    public sealed record AddOperator(WalletAddress Wallet, ulong App) : SimCall;

    public sealed record RemoveOperator(WalletAddress Wallet, ulong App) : SimCall;

    public sealed record SyncOperator(WalletAddress Wallet) : SimCall;

    // KMSRegistry: epochs.
    public sealed record Propose(Bytes32 Hash, ulong Epoch) : SimCall;

    public sealed record Confirm(ulong ProposalId, Bytes32 Hash) : SimCall;

    public sealed record ProposeBySig(Bytes32 Hash, ulong Epoch, ulong DeadlineSeconds, byte[] Signature) : SimCall;

    public sealed record ConfirmBySig(ulong ProposalId, ulong Epoch, Bytes32 Hash, ulong DeadlineSeconds, byte[] Signature) : SimCall;

    public sealed record RequestRotation : SimCall;

    // KMSRegistry: owner and guardian.
    public sealed record Initialize : SimCall;

    public sealed record SetKmsAppId(ulong App) : SimCall;

    public sealed record RemoveMeasurement(Bytes32 Measurement) : SimCall;

    public sealed record SuspendMeasurement(Bytes32 Measurement) : SimCall;

    public sealed record LiftSuspension(Bytes32 Measurement) : SimCall;

    public sealed record PauseProposals : SimCall;

    public sealed record UnpauseProposals : SimCall;

    public sealed record Schedule(SimActionKind Kind, SimActionData Data) : SimCall
    {
        /// <summary>Of a kind that takes a number, a word, or (<see cref="SimActionKind.Reset"/>) nothing.</summary>
        public Schedule(SimActionKind kind, ulong number, Bytes32 word)
            : this(kind, kind switch
            {
                SimActionKind.Reset => SimActionData.Empty,
                SimActionKind.AddMeasurement or SimActionKind.RemoveMeasurement => SimActionData.From(word),
                _ => SimActionData.From(number),
            })
        {
        }
    }

    public sealed record Execute(ulong ActionId) : SimCall;

    public sealed record Cancel(ulong ActionId) : SimCall;

    public sealed record TransferOwnership(WalletAddress? NewOwner) : SimCall;

    public sealed record AcceptOwnership : SimCall;

    public sealed record RenounceOwnership : SimCall;

    /// <summary>Sent by hand; null is the zero address.</summary>
    public sealed record UpgradeToAndCall(WalletAddress? Implementation) : SimCall;
}
