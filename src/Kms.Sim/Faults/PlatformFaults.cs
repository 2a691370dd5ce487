using Kms.Core.Membership;
using Kms.Sim.Chain;
using Kms.Sim.Enclave;
using Kms.Sim.World;

namespace Kms.Sim.Faults;

/// <summary>What the platform does to the KMS's own app, and its owner through governance, in the middle of everything.</summary>
internal static class PlatformFaults
{
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
                world.Ledger.SubmitFromPlatform(new SimCall.RemoveMeasurement(SimHypervisor.Measurement(SimWorld.GoodImage)), world.Owner);
                return () => AddMeasurement(world);
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

        if (!state.Kms.Measurements.Contains(SimHypervisor.Measurement(SimWorld.GoodImage)))
        {
            AddMeasurement(world);
        }
    }

    private static void SetApp(SimWorld world, AppStatus status) =>
        world.Ledger.SubmitFromPlatform(new SimCall.SetAppStatus(SimWorld.KmsApp, status), world.Owner);

    private static void SetVersion(SimWorld world, VersionStatus status) =>
        world.Ledger.SubmitFromPlatform(new SimCall.SetVersionStatus(SimWorld.KmsApp, SimWorld.KmsVersion, status), world.Owner);

    private static void AddMeasurement(SimWorld world) =>
        OwnerAction.Start(world, SimActionKind.AddMeasurement, SimActionData.From(SimHypervisor.Measurement(SimWorld.GoodImage)));
}
