using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Sim.Chain;
using Kms.Sim.Enclave;
using Kms.Sim.World;

namespace Kms.Sim.Faults;

/// <summary>What the platform does to the KMS's own app, and its owner through governance, in the middle of everything.</summary>
internal static class PlatformFaults
{
    /// <summary>Blocks of a reorganisation may come in between: tried so often.</summary>
    private const int Tries = 20;

    private static Bytes32 Measurement => SimHypervisor.Measurement(SimWorld.GoodImage);

    public static Action? Apply(SimWorld world, PlannedFault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.PauseKms:
                SetApp(world, AppStatus.Inactive, world.Owner);
                return () => Reopen(world, Tries);
            case FaultKind.RevokeKms:
                SetApp(world, AppStatus.Revoked, world.Platform);
                return () => Reopen(world, Tries);
            case FaultKind.RevokeVersion:
                SetVersion(world, VersionStatus.Revoked, world.Platform);
                return () => SetVersion(world, VersionStatus.Deprecated, world.Owner);
            case FaultKind.RemoveMeasurement:
                OwnerAction.Start(world, SimActionKind.RemoveMeasurement, SimActionData.From(Measurement));
                return () => OwnerAction.Start(world, SimActionKind.AddMeasurement, SimActionData.From(Measurement));
            case FaultKind.SuspendMeasurement:
                world.Ledger.SubmitFromPlatform(new SimCall.SuspendMeasurement(Measurement), world.Owner);
                return () => world.Ledger.SubmitFromPlatform(new SimCall.LiftSuspension(Measurement), world.Owner);
            case FaultKind.SetTarget:
                OwnerAction.Start(world, SimActionKind.SetConfirmationTarget, SimActionData.From((ulong)fault.Amount));
                return null;
            default:
                throw new InvalidOperationException($"no fault of the platform: {fault.Kind}");
        }
    }

    /// <summary>Whatever can be taken back is: a new registration needs an active app and an enrolled version.</summary>
    public static void Repair(SimWorld world)
    {
        var state = world.Ledger.Head.State;
        Reopen(world, Tries);
        if (state.Apps.Versions[(SimWorld.KmsApp, SimWorld.KmsVersion)].Status != VersionStatus.Enrolled)
        {
            world.Ledger.SubmitFromPlatform(new SimCall.RestoreVersion(SimWorld.KmsApp, SimWorld.KmsVersion), world.Platform);
        }

        if (state.Kms.Suspended.Contains(Measurement))
        {
            world.Ledger.SubmitFromPlatform(new SimCall.LiftSuspension(Measurement), world.Owner);
        }

        if (!state.Kms.Knows(Measurement))
        {
            OwnerAction.Start(world, SimActionKind.AddMeasurement, SimActionData.From(Measurement));
        }
    }

    /// <summary>For ever: the platform never takes a wallet back.</summary>
    public static void StopInstance(SimWorld world, WalletAddress? wallet)
    {
        if (wallet is { } known && world.Ledger.Head.State.Apps.FindByWallet(known) is { } instance)
        {
            world.Ledger.SubmitFromPlatform(new SimCall.SetInstanceStatus(instance.Id, InstanceStatus.Stopped), world.Owner);
        }
    }

    /// <summary>ACTIVE again: from REVOKED the platform makes the first step, and the owner the second in a later block.</summary>
    private static void Reopen(SimWorld world, int left)
    {
        var status = world.Ledger.Head.State.Apps.Apps[SimWorld.KmsApp].Status;
        if (status == AppStatus.Active || left == 0)
        {
            return;
        }

        bool revoked = status == AppStatus.Revoked;
        SetApp(world, revoked ? AppStatus.Inactive : AppStatus.Active, revoked ? world.Platform : world.Owner);
        world.Loop.After(TimeSpan.FromMilliseconds(world.Options.BlockMs), () => Reopen(world, left - 1));
    }

    private static void SetApp(SimWorld world, AppStatus status, WalletAddress by) =>
        world.Ledger.SubmitFromPlatform(new SimCall.SetAppStatus(SimWorld.KmsApp, status), by);

    private static void SetVersion(SimWorld world, VersionStatus status, WalletAddress by) =>
        world.Ledger.SubmitFromPlatform(new SimCall.SetVersionStatus(SimWorld.KmsApp, SimWorld.KmsVersion, status), by);
}
