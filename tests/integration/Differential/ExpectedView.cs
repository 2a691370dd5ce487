using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Devnet.Chain;
using Kms.Sim.Chain;
using static Kms.Integration.Differential.AbiWords;

namespace Kms.Integration.Differential;

/// <summary>A view of KMSRegistry and what it must answer, to the byte, if the simulated contract is right.</summary>
/// <param name="Error">The custom error that it must revert with instead, or null.</param>
/// <param name="OfPlatform">A view of the platform's registry instead.</param>
internal sealed record ExpectedView(string Name, byte[] CallData, byte[] Answer, string? Error = null, bool OfPlatform = false)
{
    // As many of the newest records are compared after every block; all of them at the end.
    private const int Newest = 3;

    public static IEnumerable<ExpectedView> Constants() =>
    [
        Of("MAX_OPERATORS()", Number(KmsRegistryState.MaxOperators)),
        Of("MAX_EPOCHS()", Number(KmsRegistryState.MaxEpochs)),
        Of("MAX_MEASUREMENTS()", Number(KmsRegistryState.MaxMeasurements)),
        Of("MAX_CONFIRMATION_TARGET()", Number(KmsRegistryState.MaxConfirmationTarget)),
        Of("MAX_BAR_DOUBLINGS()", Number(KmsRegistryState.MaxBarDoublings)),
        Of("MAX_DELAY()", Number(KmsRegistryState.MaxDelay)),
        Of("MAX_PROPOSAL_BLOCKS()", Number(KmsRegistryState.MaxProposalBlocks)),
        Of("MAX_ROTATION_INTERVAL()", Number(uint.MaxValue)),
        Of("GRACE_PERIOD()", Number(KmsRegistryState.ActionLifeSeconds)),
    ];

    /// <param name="wallets">Everyone who may matter: all are asked for, a third of them after each block.</param>
    /// <param name="measurements">The same, of measurements.</param>
    public static IEnumerable<ExpectedView> All(
        ContractState state, ulong block, IReadOnlyList<WalletAddress> wallets, IReadOnlyList<Bytes32> measurements, bool everything)
    {
        var kms = state.Kms;
        ulong epochs = (ulong)kms.Epochs.Length;
        ulong actions = (ulong)kms.Actions.Length;
        ulong proposal = kms.Proposal?.Id ?? 0;
        ExpectedView[] views =
        [
            .. Rules(state, block),
            .. Operators(kms),
            .. state.Apps.Apps.Keys.Select(app => Of(
                "getActiveInstances(uint256)",
                List([.. state.Apps.ActiveInstances(app).Select(static wallet => Address(wallet))]),
                call => call.Number(app.Value)) with { OfPlatform = true }),
            .. wallets.Where((_, i) => InTurn(i)).SelectMany(wallet => OfWallet(state, wallet, block, proposal)),
            .. measurements.Where((_, i) => InTurn(i)).Select(each => Of("isApprovedMeasurement(bytes32)", Flag(kms.Measurements.Contains(each)), call => call.Word(each))),
            .. Last(epochs, everything).Select(epoch => Of("epochAt(uint64)", EpochRecord(kms, epoch), call => call.Number(epoch))),
            .. Last(proposal, everything).Select(id => Of(
                "confirmers(uint64)", List([.. kms.Confirmers(id).Select(static wallet => Address(wallet))]), call => call.Number(id))),
            .. Last(actions, everything).Select(id => Of("actionAt(uint64)", Action(kms.Actions[(int)id - 1]), call => call.Number(id))),
            Fails("epochAt(uint64)", "KMSRegistry_NoSuchEpoch", call => call.Number(0)),
            Fails("epochAt(uint64)", "KMSRegistry_NoSuchEpoch", call => call.Number(epochs + 1)),
            Fails("epochsPage(uint64,uint64)", "KMSRegistry_NoSuchEpoch", call => call.Number(0).Number(1)),
            Fails("actionAt(uint64)", "KMSRegistry_ActionNotScheduled", call => call.Number(actions + 1)),
        ];

        return views;

        bool InTurn(int i) => everything || (ulong)i % 3 == block % 3;
    }

    private static IEnumerable<ExpectedView> Rules(ContractState state, ulong block)
    {
        var kms = state.Kms;
        byte[][] epochs = [.. kms.Epochs.Select((_, i) => EpochRecord(kms, (ulong)i + 1))];
        byte[][] measurements = [.. kms.Measurements.Select(static each => each.ToArray())];
        var current = kms.Epochs.IsEmpty || kms.Epochs[^1].Retired ? default : kms.Epochs[^1].Hash;
        return
        [
            Of("masterSecretHash()", current.ToArray()),
            Of("epochCount()", Number((ulong)kms.Epochs.Length)),
            Of("defaultEpoch()", Number(kms.DefaultEpoch)),
            Of("nextEpochWanted()", Flag(kms.NextEpochWanted)),
            Of("proposal()", Proposal(kms, block)),
            Of("epochsPage(uint64,uint64)", List(epochs), static call => call.Number(1).Number(1000)),
            Of("epochsPage(uint64,uint64)", List([.. epochs.Skip(1).Take(2)]), static call => call.Number(2).Number(2)),
            Of("confirmationTarget()", Number(kms.ConfirmationTarget)),
            Of("proposalBlocks()", Number(kms.ProposalBlocks)),
            Of("rotationInterval()", Number(kms.RotationInterval)),
            Of("proposalsPaused()", Flag(kms.ProposalsPaused)),
            Of("approvedMeasurements()", List(measurements)),
            Of("suspendedMeasurements()", List([.. kms.Suspended.Select(static each => each.ToArray())])),
            Of("owner()", Address(kms.Owner)),
            Of("pendingOwner()", Address(kms.PendingOwner)),
            Of("guardian()", Address(kms.Guardian)),
            Of("delay()", Number(kms.Delay)),
            Of("delayFloor()", Number(kms.DelayFloor)),
            Of("actionCount()", Number((ulong)kms.Actions.Length)),
            Of("novaAppRegistry()", Address(kms.NovaAppRegistry)),
            Of("kmsAppId()", Number(kms.KmsApp)),
            Of("nodeState()",
            [
                .. Number(32), .. Number(kms.KmsApp), .. Address(kms.NovaAppRegistry), .. Number((ulong)kms.Epochs.Length), .. Number(kms.DefaultEpoch),
                .. Flag(kms.NextEpochWanted), .. Flag(kms.ProposalsPaused), .. Number(kms.ConfirmationTarget), .. Number(kms.ProposalBlocks),
                .. Proposal(kms, block), .. Number(17 * 32), .. Array(measurements),
            ]),
        ];
    }

    private static IEnumerable<ExpectedView> Operators(KmsRegistryState kms)
    {
        byte[][] list = [.. kms.Operators.Select(static wallet => Address(wallet))];
        return
        [
            Of("getOperators()", List(list)),
            Of("operatorCount()", Number((ulong)list.Length)),
            Of("operatorsPage(uint256,uint256)", List([.. list.Skip(1).Take(3)]), static call => call.Number(1).Number(3)),
            Of("operatorsPage(uint256,uint256)", List([]), call => call.Number((ulong)list.Length).Number(5)),
            .. list.Select(static (wallet, i) => Of("operatorAt(uint256)", wallet, call => call.Number((ulong)i))),
        ];
    }

    private static IEnumerable<ExpectedView> OfWallet(ContractState state, WalletAddress wallet, ulong block, ulong proposal) =>
    [
        Of("isOperator(address)", Flag(state.Kms.Operators.Contains(wallet)), call => call.Address(wallet)),
        Of("isEligible(address)", Flag(state.IsEligible(wallet)), call => call.Address(wallet)),
        Of("isMember(address)", Flag(state.IsMember(wallet)), call => call.Address(wallet)),
        Of("barredUntil(address)", Number(state.Kms.BarredUntil(wallet, block)), call => call.Address(wallet)),
        Of("hasConfirmed(uint64,address)", Flag(state.Kms.HasConfirmed(wallet)), call => call.Number(proposal).Address(wallet)),
    ];

    private static IEnumerable<ulong> Last(ulong count, bool everything)
    {
        for (ulong number = everything || count <= Newest ? 1 : count - Newest + 1; number <= count; number++)
        {
            yield return number;
        }
    }

    private static byte[] EpochRecord(KmsRegistryState kms, ulong epoch)
    {
        var record = kms.Epochs[(int)epoch - 1];
        return [.. record.Hash.ToArray(), .. Address(record.Proposer), .. Number(record.ActivatedAtBlock), .. Number(record.Confirmations), .. Flag(record.Retired)];
    }

    private static byte[] Proposal(KmsRegistryState kms, ulong block) => kms.Proposal is not { } open
        ? new byte[8 * 32]
        :
        [
            .. Number(open.Id), .. Number(open.Epoch), .. open.Hash.ToArray(), .. Address(open.Proposer), .. Number(open.ProposedAt),
            .. Number(open.ExpiresAt), .. Number((ulong)open.Confirmers.Length), .. Flag(open.IsOpenAt(block)),
        ];

    private static byte[] Action(SimAction action) =>
    [
        .. Number(32), .. Number((ulong)action.Kind), .. Number((ulong)action.State), .. Number(action.ExecutableAt), .. Number(action.ExpiresAt),
        .. Number(5 * 32), .. Bytes(action.Data.Bytes),
    ];

    private static ExpectedView Of(string signature, byte[] answer, Func<AbiArguments, AbiArguments>? arguments = null) =>
        new(signature, (arguments ?? (static call => call))(new AbiArguments(signature)).Encode(), answer);

    private static ExpectedView Fails(string signature, string error, Func<AbiArguments, AbiArguments> arguments) =>
        new(signature, arguments(new AbiArguments(signature)).Encode(), [], error);
}
