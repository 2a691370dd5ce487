using System.Collections.Immutable;
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
            case SimCall.Cancel cancel:
                return Cancelled(state, cancel.ActionId, owner || guardian);
        }

        if (!owner)
        {
            return (state, SimRevert.NotOwner);
        }

        return call switch
        {
            SimCall.SetKmsAppId set => kms.KmsApp != 0 ? (state, SimRevert.AppIdAlreadySet) : ContractMachine.With(state, kms with { KmsApp = set.App.Value }),
            SimCall.UnpauseProposals => kms.ProposalsPaused ? ContractMachine.With(state, kms with { ProposalsPaused = false }) : (state, SimRevert.ProposalsNotPaused),
            SimCall.RemoveMeasurement remove => Removed(state, remove.Measurement),
            SimCall.Schedule schedule => Scheduled(state, schedule, time),
            SimCall.Execute execute => Executed(state, execute.ActionId, block, time),
            _ => throw new InvalidOperationException($"no such call: {call}"),
        };
    }

    private static (ContractState State, SimRevert Revert) Removed(ContractState state, Bytes32 measurement)
    {
        int index = state.Kms.Measurements.IndexOf(measurement);
        if (index < 0)
        {
            return (state, SimRevert.MeasurementUnknown);
        }

        var list = state.Kms.Measurements;
        list = list.SetItem(index, list[^1]).RemoveAt(list.Length - 1);
        return ContractMachine.With(state, state.Kms with { Measurements = list });
    }

    private static (ContractState State, SimRevert Revert) Scheduled(ContractState state, SimCall.Schedule call, ulong time)
    {
        var kms = state.Kms;
        var revert = Check(kms, call.Kind, call.Number, call.Word);
        if (revert != SimRevert.None)
        {
            return (state, revert);
        }

        var action = new SimAction(call.Kind, call.Number, call.Word, time + kms.Delay, time + kms.Delay + KmsRegistryState.ActionLifeSeconds, SimActionState.Scheduled);
        return ContractMachine.With(state, kms with { Actions = kms.Actions.Add(action) });
    }

    private static (ContractState State, SimRevert Revert) Cancelled(ContractState state, ulong id, bool allowed)
    {
        var kms = state.Kms;
        return Find(kms, id) is not { State: SimActionState.Scheduled } action ? (state, SimRevert.ActionNotScheduled)
            : !allowed ? (state, SimRevert.NotOwnerOrGuardian)
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
            : Check(kms, action.Kind, action.Number, action.Word);
        if (revert != SimRevert.None)
        {
            return (state, revert);
        }

        kms = kms with { Actions = kms.Actions.SetItem((int)id - 1, action with { State = SimActionState.Executed }) };
        return ContractMachine.With(state, Perform(kms, action, block));
    }

    private static SimAction? Find(KmsRegistryState kms, ulong id) => id >= 1 && id <= (ulong)kms.Actions.Length ? kms.Actions[(int)id - 1] : null;

    private static SimRevert Check(KmsRegistryState kms, SimActionKind kind, ulong number, Bytes32 word) => kind switch
    {
        SimActionKind.None => SimRevert.UnknownAction,
        SimActionKind.AddMeasurement =>
            word.IsZero ? SimRevert.ZeroHash
            : kms.Measurements.Contains(word) ? SimRevert.MeasurementKnown
            : kms.Measurements.Length >= KmsRegistryState.MaxMeasurements ? SimRevert.TooManyMeasurements
            : SimRevert.None,
        SimActionKind.SetConfirmationTarget => number is >= 1 and <= KmsRegistryState.MaxConfirmationTarget ? SimRevert.None : SimRevert.OutOfRange,
        SimActionKind.SetDefaultEpoch => CheckUsable(kms, number),
        SimActionKind.RetireEpoch =>
            CheckUsable(kms, number) is var revert and not SimRevert.None ? revert
            : number == kms.DefaultEpoch || number == (ulong)kms.Epochs.Length ? SimRevert.EpochInUse
            : SimRevert.None,
        SimActionKind.Reset => kms.Epochs.All(epoch => epoch.Retired) ? SimRevert.NothingToReset : SimRevert.None,
        SimActionKind.SetDelay => number >= kms.DelayFloor && number <= KmsRegistryState.MaxDelay ? SimRevert.None : SimRevert.OutOfRange,
        SimActionKind.SetProposalBlocks => number is >= 1 and <= KmsRegistryState.MaxProposalBlocks ? SimRevert.None : SimRevert.OutOfRange,
        _ => number <= uint.MaxValue ? SimRevert.None : SimRevert.OutOfRange,
    };

    private static SimRevert CheckUsable(KmsRegistryState kms, ulong epoch) =>
        epoch < 1 || epoch > (ulong)kms.Epochs.Length ? SimRevert.OutOfRange
        : kms.Epochs[(int)epoch - 1].Retired ? SimRevert.EpochRetired
        : SimRevert.None;

    private static KmsRegistryState Perform(KmsRegistryState kms, SimAction action, ulong block) => action.Kind switch
    {
        SimActionKind.AddMeasurement => kms with { Measurements = kms.Measurements.Add(action.Word) },
        SimActionKind.SetConfirmationTarget => Void(kms with { ConfirmationTarget = (uint)action.Number }, block),
        SimActionKind.SetDefaultEpoch => kms with { DefaultEpoch = action.Number },
        SimActionKind.RetireEpoch => kms with
        {
            Epochs = kms.Epochs.SetItem((int)action.Number - 1, kms.Epochs[(int)action.Number - 1] with { Retired = true }),
        },
        SimActionKind.Reset => Void(kms, block) with
        {
            Epochs = [.. kms.Epochs.Select(epoch => epoch with { Retired = true })],
            DefaultEpoch = 0,
            NextEpochWanted = true,
        },
        SimActionKind.SetDelay => kms with { Delay = action.Number },
        SimActionKind.SetProposalBlocks => kms with { ProposalBlocks = action.Number },
        SimActionKind.SetRotationInterval => kms with { RotationInterval = action.Number },
        _ => throw new InvalidOperationException($"no such action: {action.Kind}"),
    };

    private static KmsRegistryState Void(KmsRegistryState kms, ulong block)
    {
        kms = kms.Settled(block);
        return kms.Proposal is { Closed: false } open ? kms with { Proposal = open with { Closed = true } } : kms;
    }
}
