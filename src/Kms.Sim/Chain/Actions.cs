namespace Kms.Sim.Chain;

/// <summary>What KMSRegistry's scheduled actions demand, and what they do.</summary>
internal static class Actions
{
    /// <summary>Checked when an action is scheduled and again when it is executed. A kind that is not named here is no action.</summary>
    public static SimRevert Check(ContractState state, SimActionKind kind, SimActionData data)
    {
        var kms = state.Kms;
        return kind switch
        {
            SimActionKind.Upgrade =>
                !data.IsUpgrade ? SimRevert.BadActionData
                : data.Address is { } implementation && state.Code.TryGetValue(implementation, out var code) && code.Hash == data.CodeHash ? SimRevert.None
                : SimRevert.WrongCodeHash,
            SimActionKind.SetNovaAppRegistry or SimActionKind.SetGuardian =>
                !data.IsWord ? SimRevert.BadActionData
                : data.Word.IsZero ? SimRevert.ZeroAddress
                : !data.IsAddress ? SimRevert.BadActionData
                : SimRevert.None,
            SimActionKind.AddMeasurement =>
                !data.IsWord ? SimRevert.BadActionData
                : data.Word.IsZero ? SimRevert.ZeroHash
                : kms.Knows(data.Word) ? SimRevert.MeasurementKnown
                : kms.Measurements.Length + kms.Suspended.Length >= KmsRegistryState.MaxMeasurements ? SimRevert.TooManyMeasurements
                : SimRevert.None,
            SimActionKind.RemoveMeasurement =>
                !data.IsWord ? SimRevert.BadActionData
                : !kms.Knows(data.Word) ? SimRevert.MeasurementUnknown
                : SimRevert.None,
            SimActionKind.SetConfirmationTarget => Number(data, 1, KmsRegistryState.MaxConfirmationTarget),
            SimActionKind.SetDefaultEpoch => UsableEpoch(kms, data),
            SimActionKind.RetireEpoch =>
                UsableEpoch(kms, data) is var revert and not SimRevert.None ? revert
                : data.Number == kms.DefaultEpoch || data.Number == (ulong)kms.Epochs.Length ? SimRevert.EpochInUse
                : SimRevert.None,
            SimActionKind.Reset =>
                !data.Bytes.IsEmpty ? SimRevert.BadActionData
                : kms.Epochs.All(static epoch => epoch.Retired) ? SimRevert.NothingToReset
                : !kms.HasRoomForEpoch ? SimRevert.TooManyEpochs
                : SimRevert.None,
            SimActionKind.SetDelay => Number(data, kms.DelayFloor, KmsRegistryState.MaxDelay),
            SimActionKind.SetProposalBlocks => Number(data, 1, KmsRegistryState.MaxProposalBlocks),
            SimActionKind.SetRotationInterval => Number(data, 0, uint.MaxValue),
            _ => SimRevert.UnknownAction,
        };
    }

    public static KmsRegistryState Perform(KmsRegistryState kms, SimAction action, ulong block) => action.Kind switch
    {
        SimActionKind.Upgrade => kms with { Implementation = action.Data.Address },
        SimActionKind.SetNovaAppRegistry => kms with { NovaAppRegistry = action.Data.Address },
        SimActionKind.SetGuardian => kms with { Guardian = action.Data.Address!.Value },
        SimActionKind.AddMeasurement => kms with { Measurements = kms.Measurements.Add(action.Data.Word) },
        SimActionKind.RemoveMeasurement => kms.Without(action.Data.Word),
        SimActionKind.SetConfirmationTarget => Void(kms with { ConfirmationTarget = (uint)action.Data.Number }, block),
        SimActionKind.SetDefaultEpoch => kms with { DefaultEpoch = action.Data.Number },
        SimActionKind.RetireEpoch => Retire(kms, (int)action.Data.Number - 1),
        SimActionKind.Reset => Void(kms, block) with
        {
            Epochs = [.. kms.Epochs.Select(static epoch => epoch with { Retired = true })],
            DefaultEpoch = 0,
            NextEpochWanted = true,
        },
        SimActionKind.SetDelay => kms with { Delay = action.Data.Number },
        SimActionKind.SetProposalBlocks => kms with { ProposalBlocks = action.Data.Number },
        SimActionKind.SetRotationInterval => kms with { RotationInterval = action.Data.Number },
        _ => throw new InvalidOperationException($"no such action: {action.Kind}"),
    };

    private static SimRevert Number(SimActionData data, ulong min, ulong max) =>
        !data.IsWord ? SimRevert.BadActionData
        : data.Number >= min && data.Number <= max ? SimRevert.None
        : SimRevert.OutOfRange;

    private static SimRevert UsableEpoch(KmsRegistryState kms, SimActionData data) =>
        Number(data, 1, (ulong)kms.Epochs.Length) is var revert and not SimRevert.None ? revert
        : kms.Epochs[(int)data.Number - 1].Retired ? SimRevert.EpochRetired
        : SimRevert.None;

    private static KmsRegistryState Retire(KmsRegistryState kms, int index) =>
        kms with { Epochs = kms.Epochs.SetItem(index, kms.Epochs[index] with { Retired = true }) };

    private static KmsRegistryState Void(KmsRegistryState kms, ulong block)
    {
        kms = kms.Settled(block);
        return kms.Proposal is { Closed: false } open ? kms with { Proposal = open with { Closed = true } } : kms;
    }
}
