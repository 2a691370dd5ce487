using Kms.Core.Primitives;
using Kms.Devnet.Chain;
using Kms.Sim.Chain;

namespace Kms.Integration.Differential;

/// <summary>The real transaction for each call of the simulated contracts.</summary>
internal static class CallEncoder
{
    /// <summary>Call data, and whether it goes to the platform's registry instead of KMSRegistry.</summary>
    /// <param name="kms">What every app calls back.</param>
    public static (byte[] Data, bool ToPlatform) Encode(SimCall call, WalletAddress kms) => call switch
    {
        SimCall.RegisterApp => (DevRegistryCalls.CreateApp(DevRegistryCalls.Nitro, kms, "app"), true),
        SimCall.EnrollVersion enroll => (DevRegistryCalls.EnrollVersion(enroll.App, "version", enroll.Measurement), true),
        SimCall.RegisterInstance register => (
            DevRegistryCalls.RegisterInstance(register.App, register.Version, register.Wallet, register.Key?.ToSpki() ?? [4], register.Url, register.ZkVerified), true),
        SimCall.SetInstanceStatus set => (DevRegistryCalls.SetInstanceStatus(set.Instance, set.Status), true),
        SimCall.SetVersionStatus set => (DevRegistryCalls.SetVersionStatus(set.App, set.Version, set.Status), true),
        SimCall.SetAppStatus set => (DevRegistryCalls.SetAppStatus(set.App, set.Status), true),
        SimCall.UseOldBuild use => (DevRegistryCalls.UseOldBuild(use.Old), true),
        _ => (Kms(call).Encode(), false),
    };

    /// <summary><c>initialize</c>: its argument is one dynamic tuple.</summary>
    public static byte[] Initialize(KmsRegistryState kms) =>
    [
        .. new AbiArguments("initialize((address,address,address,uint256,uint32,uint64,uint64,uint64,uint64,bytes32[]))").Encode(),
        .. AbiWords.Number(32),
        .. AbiWords.Address(kms.Owner),
        .. AbiWords.Address(kms.Guardian),
        .. AbiWords.Address(kms.NovaAppRegistry),
        .. AbiWords.Number(kms.KmsApp),
        .. AbiWords.Number(kms.ConfirmationTarget),
        .. AbiWords.Number(kms.ProposalBlocks),
        .. AbiWords.Number(kms.RotationInterval),
        .. AbiWords.Number(kms.Delay),
        .. AbiWords.Number(kms.DelayFloor),
        .. AbiWords.Number(320),
        .. AbiWords.Array([.. kms.Measurements.Select(static measurement => measurement.ToArray())]),
    ];

    private static AbiArguments Kms(SimCall call) => call switch
    {
        SimCall.AddOperator add => new AbiArguments("addOperator(address,uint256,uint256,uint256)").Address(add.Wallet).Number(add.App).Number(1).Number(1),
        SimCall.RemoveOperator remove =>
            new AbiArguments("removeOperator(address,uint256,uint256,uint256)").Address(remove.Wallet).Number(remove.App).Number(1).Number(1),
        SimCall.SyncOperator sync => new AbiArguments("syncOperator(address)").Address(sync.Wallet),
        SimCall.Propose propose => new AbiArguments("proposeMasterSecret(bytes32,uint64)").Word(propose.Hash).Number(propose.Epoch),
        SimCall.Confirm confirm => new AbiArguments("confirmMasterSecret(uint64,bytes32)").Number(confirm.ProposalId).Word(confirm.Hash),
        SimCall.ProposeBySig propose => new AbiArguments("proposeMasterSecretBySig(bytes32,uint64,uint256,bytes)")
            .Word(propose.Hash).Number(propose.Epoch).Number(propose.DeadlineSeconds).Bytes(propose.Signature),
        SimCall.ConfirmBySig confirm => new AbiArguments("confirmMasterSecretBySig(uint64,uint64,bytes32,uint256,bytes)")
            .Number(confirm.ProposalId).Number(confirm.Epoch).Word(confirm.Hash).Number(confirm.DeadlineSeconds).Bytes(confirm.Signature),
        SimCall.RequestRotation => new AbiArguments("requestRotation()"),
        SimCall.SetKmsAppId set => new AbiArguments("setKmsAppId(uint256)").Number(set.App),
        SimCall.RemoveMeasurement remove => new AbiArguments("removeMeasurement(bytes32)").Word(remove.Measurement),
        SimCall.SuspendMeasurement suspend => new AbiArguments("suspendMeasurement(bytes32)").Word(suspend.Measurement),
        SimCall.LiftSuspension lift => new AbiArguments("liftSuspension(bytes32)").Word(lift.Measurement),
        SimCall.PauseProposals => new AbiArguments("pauseProposals()"),
        SimCall.UnpauseProposals => new AbiArguments("unpauseProposals()"),
        SimCall.Schedule schedule => new AbiArguments("schedule(uint8,bytes)").Number((ulong)schedule.Kind).Bytes(schedule.Data.Bytes),
        SimCall.Execute execute => new AbiArguments("execute(uint64)").Number(execute.ActionId),
        SimCall.Cancel cancel => new AbiArguments("cancel(uint64)").Number(cancel.ActionId),
        SimCall.TransferOwnership transfer => new AbiArguments("transferOwnership(address)").Address(transfer.NewOwner),
        SimCall.AcceptOwnership => new AbiArguments("acceptOwnership()"),
        SimCall.RenounceOwnership => new AbiArguments("renounceOwnership()"),
        SimCall.UpgradeToAndCall upgrade => new AbiArguments("upgradeToAndCall(address,bytes)").Address(upgrade.Implementation).Bytes([]),
        _ => throw new InvalidOperationException($"no encoding for {call}"),
    };
}
