using Kms.Core.Primitives;

namespace Kms.Sim.Chain;

/// <summary>The owner's and the guardian's part of KMSRegistry.</summary>
internal static class Governance
{
    public static (ContractState State, SimRevert Revert) Apply(ContractState state, SimCall call, WalletAddress sender, ulong block, ulong time)
    {
        var kms = state.Kms;
        bool owner = sender == kms.Owner;
        bool guardian = sender == kms.Guardian;
        switch (call)
        {
            case SimCall.PauseProposals:
                return !owner && !guardian ? (state, SimRevert.NotOwnerOrGuardian)
                    : kms.ProposalsPaused ? (state, SimRevert.ProposalsPaused)
                    : ContractMachine.With(state, kms with { ProposalsPaused = true });
            case SimCall.SuspendMeasurement suspend:
                return !owner && !guardian ? (state, SimRevert.NotOwnerOrGuardian)
                    : kms.Suspended.Contains(suspend.Measurement) ? (state, SimRevert.MeasurementSuspended)
                    : !kms.Measurements.Contains(suspend.Measurement) ? (state, SimRevert.MeasurementUnknown)
                    : ContractMachine.With(state, kms.Suspend(suspend.Measurement));
            case SimCall.Cancel cancel:
                return Cancelled(state, cancel.ActionId, owner, guardian);
            case SimCall.AcceptOwnership:
                return sender != kms.PendingOwner ? (state, SimRevert.OwnableUnauthorizedAccount)
                    : ContractMachine.With(state, kms with { Owner = sender, PendingOwner = null });
            case SimCall.RenounceOwnership:
                return (state, SimRevert.OwnershipCannotBeRenounced);
            case SimCall.UpgradeToAndCall:
                return (state, SimRevert.UpgradeNotScheduled);
            case SimCall.Initialize:
                return (state, SimRevert.InvalidInitialization);
        }

        if (!owner)
        {
            return (state, SimRevert.OwnableUnauthorizedAccount);
        }

        return call switch
        {
            SimCall.SetKmsAppId set =>
                set.App == 0 ? (state, SimRevert.ZeroAppId)
                : kms.KmsApp != 0 ? (state, SimRevert.AppIdAlreadySet)
                : ContractMachine.With(state, kms with { KmsApp = set.App }),
            SimCall.UnpauseProposals => kms.ProposalsPaused ? ContractMachine.With(state, kms with { ProposalsPaused = false }) : (state, SimRevert.ProposalsNotPaused),
            SimCall.RemoveMeasurement remove => Removed(state, remove.Measurement),
            SimCall.LiftSuspension lift =>
                !kms.Suspended.Contains(lift.Measurement) ? (state, SimRevert.MeasurementUnknown)
                : ContractMachine.With(state, kms.Lift(lift.Measurement)),
            SimCall.Schedule schedule => Scheduled(state, schedule, time),
            SimCall.Execute execute => Executed(state, execute.ActionId, block, time),
            SimCall.TransferOwnership transfer => ContractMachine.With(state, kms with { PendingOwner = transfer.NewOwner }),
            _ => throw new InvalidOperationException($"no such call: {call}"),
        };
    }

    /// <summary>At once only while a usable one stays; suspended ones do not count.</summary>
    private static (ContractState State, SimRevert Revert) Removed(ContractState state, Bytes32 measurement)
    {
        if (!state.Kms.Knows(measurement))
        {
            return (state, SimRevert.MeasurementUnknown);
        }

        var without = state.Kms.Without(measurement);
        return without.Measurements.IsEmpty ? (state, SimRevert.LastMeasurement) : ContractMachine.With(state, without);
    }

    private static (ContractState State, SimRevert Revert) Scheduled(ContractState state, SimCall.Schedule call, ulong time)
    {
        var revert = Actions.Check(state, call.Kind, call.Data);
        if (revert != SimRevert.None)
        {
            return (state, revert);
        }

        ulong executableAt = time + state.Kms.Delay;
        var action = new SimAction(call.Kind, call.Data, executableAt, executableAt + KmsRegistryState.ActionLifeSeconds, SimActionState.Scheduled);
        return ContractMachine.With(state, state.Kms with { Actions = state.Kms.Actions.Add(action) });
    }

    private static (ContractState State, SimRevert Revert) Cancelled(ContractState state, ulong id, bool owner, bool guardian)
    {
        var kms = state.Kms;
        return Find(kms, id) is not { State: SimActionState.Scheduled } action ? (state, SimRevert.ActionNotScheduled)
            : !owner && !guardian ? (state, SimRevert.NotOwnerOrGuardian)
            : !owner && action.Kind == SimActionKind.SetGuardian ? (state, SimRevert.GuardianCannotCancel)
            : ContractMachine.With(state, kms with { Actions = kms.Actions.SetItem((int)id - 1, action with { State = SimActionState.Cancelled }) });
    }

    private static (ContractState State, SimRevert Revert) Executed(ContractState state, ulong id, ulong block, ulong time)
    {
        var kms = state.Kms;
        if (Find(kms, id) is not { State: SimActionState.Scheduled } action)
        {
            return (state, SimRevert.ActionNotScheduled);
        }

        var revert =
            time < action.ExecutableAt ? SimRevert.ActionTooEarly
            : time >= action.ExpiresAt ? SimRevert.ActionExpired
            : Actions.Check(state, action.Kind, action.Data);
        if (revert == SimRevert.None && action.Kind == SimActionKind.Upgrade && !state.Code[action.Data.Address!.Value].IsUpgradeable)
        {
            revert = SimRevert.ERC1967InvalidImplementation;
        }

        if (revert != SimRevert.None)
        {
            return (state, revert);
        }

        kms = kms with { Actions = kms.Actions.SetItem((int)id - 1, action with { State = SimActionState.Executed }) };
        return ContractMachine.With(state, Actions.Perform(kms, action, block));
    }

    private static SimAction? Find(KmsRegistryState kms, ulong id) => id >= 1 && id <= (ulong)kms.Actions.Length ? kms.Actions[(int)id - 1] : null;
}
