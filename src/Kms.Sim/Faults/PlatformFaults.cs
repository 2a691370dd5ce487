using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Sim.Chain;
using Kms.Sim.Enclave;
using Kms.Sim.World;

namespace Kms.Sim.Faults;

/// <summary>What the platform does to the KMS's own app, and its owner through governance, in the middle of everything.</summary>
internal static class PlatformFaults
{
    private static Bytes32 Measurement => SimHypervisor.Measurement(SimWorld.GoodImage);

    public static Action? Apply(SimWorld world, PlannedFault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.PauseKms:
                SetApp(world, AppStatus.Inactive);
                return () => SetApp(world, AppStatus.Active);
            case FaultKind.RevokeKms:
                SetApp(world, AppStatus.Revoked);
                return () => SetApp(world, AppStatus.Active);
            case FaultKind.RevokeVersion:
                SetVersion(world, VersionStatus.Revoked);
                return () => SetVersion(world, VersionStatus.Deprecated);
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
        if (state.Apps.Apps[SimWorld.KmsApp].Status != AppStatus.Active)
        {
            SetApp(world, AppStatus.Active);
        }

        if (state.Apps.Versions[(SimWorld.KmsApp, SimWorld.KmsVersion)].Status != VersionStatus.Enrolled)
        {
            SetVersion(world, VersionStatus.Enrolled);
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

    private static void SetApp(SimWorld world, AppStatus status) =>
        world.Ledger.SubmitFromPlatform(new SimCall.SetAppStatus(SimWorld.KmsApp, status), world.Owner);

    private static void SetVersion(SimWorld world, VersionStatus status) =>
        world.Ledger.SubmitFromPlatform(new SimCall.SetVersionStatus(SimWorld.KmsApp, SimWorld.KmsVersion, status), world.Owner);
}
