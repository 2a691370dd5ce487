namespace Kms.Sim.Chain;

/// <summary>What KMSRegistry's scheduled actions demand, and what they do.</summary>
internal static class Actions
{
    /// <summary>Checked when an action is scheduled and again when it is executed.</summary>
    public static SimRevert Check(ContractState state, SimActionKind kind, SimActionData data) => kind switch
    {
        SimActionKind.None => SimRevert.UnknownAction,
        SimActionKind.Upgrade =>
            !data.IsUpgrade ? SimRevert.BadActionData
            : data.Address is { } implementation && state.Code.TryGetValue(implementation, out var code) && code.Hash == data.CodeHash ? SimRevert.None
            : SimRevert.WrongCodeHash,
        SimActionKind.Reset =>
            !data.Bytes.IsEmpty ? SimRevert.BadActionData
            : state.Kms.Epochs.All(static epoch => epoch.Retired) ? SimRevert.NothingToReset
            : !state.Kms.HasRoomForEpoch ? SimRevert.TooManyEpochs
            : SimRevert.None,
        SimActionKind.SetNovaAppRegistry or SimActionKind.SetGuardian =>
            !data.IsAddress ? SimRevert.BadActionData
            : data.Address is null ? SimRevert.ZeroAddress
            : SimRevert.None,
        _ => data.IsWord ? CheckWord(state.Kms, kind, data) : SimRevert.BadActionData,
    };

    public static KmsRegistryState Perform(KmsRegistryState kms, SimAction action, ulong block) => action.Kind switch
    {
        SimActionKind.Upgrade => kms with { Implementation = action.Data.Address },
        SimActionKind.SetNovaAppRegistry => kms with { NovaAppRegistry = action.Data.Address },
        SimActionKind.SetGuardian => kms with { Guardian = action.Data.Address!.Value },
        SimActionKind.AddMeasurement => kms with { Measurements = kms.Measurements.Add(action.Data.Word) },
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

    private static SimRevert CheckWord(KmsRegistryState kms, SimActionKind kind, SimActionData data) => kind switch
    {
        SimActionKind.AddMeasurement =>
            data.Word.IsZero ? SimRevert.ZeroHash
            : kms.Measurements.Contains(data.Word) ? SimRevert.MeasurementKnown
            : kms.Measurements.Length >= KmsRegistryState.MaxMeasurements ? SimRevert.TooManyMeasurements
            : SimRevert.None,
        SimActionKind.SetConfirmationTarget => Range(data.Number, 1, KmsRegistryState.MaxConfirmationTarget),
        SimActionKind.SetDefaultEpoch => CheckUsable(kms, data.Number),
        SimActionKind.RetireEpoch =>
            CheckUsable(kms, data.Number) is var revert and not SimRevert.None ? revert
            : data.Number == kms.DefaultEpoch || data.Number == (ulong)kms.Epochs.Length ? SimRevert.EpochInUse
            : SimRevert.None,
        SimActionKind.SetDelay => Range(data.Number, kms.DelayFloor, KmsRegistryState.MaxDelay),
        SimActionKind.SetProposalBlocks => Range(data.Number, 1, KmsRegistryState.MaxProposalBlocks),
        _ => Range(data.Number, 0, uint.MaxValue),
    };

    private static SimRevert CheckUsable(KmsRegistryState kms, ulong epoch) =>
        Range(epoch, 1, (ulong)kms.Epochs.Length) is var revert and not SimRevert.None ? revert
        : kms.Epochs[(int)epoch - 1].Retired ? SimRevert.EpochRetired
        : SimRevert.None;

    private static SimRevert Range(ulong value, ulong min, ulong max) => value >= min && value <= max ? SimRevert.None : SimRevert.OutOfRange;

    private static KmsRegistryState Retire(KmsRegistryState kms, int index) =>
        kms with { Epochs = kms.Epochs.SetItem(index, kms.Epochs[index] with { Retired = true }) };

    private static KmsRegistryState Void(KmsRegistryState kms, ulong block)
    {
        kms = kms.Settled(block);
        return kms.Proposal is { Closed: false } open ? kms with { Proposal = open with { Closed = true } } : kms;
    }
}
