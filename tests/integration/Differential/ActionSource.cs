using Kms.Core.Primitives;
using Kms.Sim.Chain;
using Kms.Sim.Kernel;

namespace Kms.Integration.Differential;

/// <summary>Draws scheduled actions: each kind, with arguments inside, at and beyond their bounds, and some that are none.</summary>
internal sealed class ActionSource(SimRandom random, Players players)
{
    public SimCall.Schedule Schedule(ContractState state)
    {
        var kind = (SimActionKind)random.Below(Enum.GetValues<SimActionKind>().Length);
        if (kind == SimActionKind.Reset && random.Chance(0.7) && state.Kms.DefaultEpoch != 0)
        {
            // Rare in life; else no history would grow.
            kind = SimActionKind.SetDefaultEpoch;
        }

        if (state.Kms.Measurements.Length == KmsRegistryState.MaxMeasurements && random.Chance(0.4))
        {
            kind = SimActionKind.AddMeasurement;
        }

        // A world without registry is dull: mostly the next action leads back.
        if (!state.ReadsPlatform && random.Chance(0.7))
        {
            return new SimCall.Schedule(SimActionKind.SetNovaAppRegistry, SimActionData.From(state.AppsAddress!.Value));
        }

        return new SimCall.Schedule(kind, random.Chance(0.06) ? Malformed() : Data(state, kind));
    }

    /// <summary>Mostly one that is due, or at least scheduled.</summary>
    public ulong Pick(ContractState state, ulong time)
    {
        if (random.Chance(0.2))
        {
            return PickWaiting(state);
        }

        var actions = state.Kms.Actions;
        var due = Enumerable.Range(0, actions.Length).Where(i => actions[i].State == SimActionState.Scheduled && actions[i].ExecutableAt <= time).ToArray();
        return due.Length > 0 && random.Chance(0.8) ? (ulong)random.Pick(due) + 1 : (ulong)random.Below(actions.Length + 2);
    }

    /// <summary>Mostly one that can be cancelled, if there is one.</summary>
    public ulong PickWaiting(ContractState state)
    {
        var actions = state.Kms.Actions;
        var waiting = Enumerable.Range(0, actions.Length).Where(i => actions[i].State == SimActionState.Scheduled).ToArray();
        return waiting.Length > 0 && random.Chance(0.8) ? (ulong)random.Pick(waiting) + 1 : (ulong)random.Below(actions.Length + 2);
    }

    public WalletAddress Implementation(ContractState state) => random.Pick([.. state.Code.Keys.Order()]);

    private SimActionData Data(ContractState state, SimActionKind kind)
    {
        ulong epochs = (ulong)state.Kms.Epochs.Length;
        return kind switch
        {
            SimActionKind.Upgrade => Upgrade(state),
            SimActionKind.SetNovaAppRegistry => SimActionData.From(
                random.Below(4) switch { 0 => players.OtherRegistry, 1 => default, _ => state.AppsAddress!.Value }),
            SimActionKind.SetGuardian => SimActionData.From(random.Chance(0.1) ? default : random.Pick(players.Guardians)),
            SimActionKind.AddMeasurement => SimActionData.From(
                random.Chance(0.05) ? default : random.Pick(players.Measurements.Take(random.Chance(0.5) ? 4 : 20).ToArray())),
            SimActionKind.RemoveMeasurement => SimActionData.From(random.Pick([.. state.Kms.Measurements, .. state.Kms.Suspended, .. players.Measurements.Take(2)])),
            SimActionKind.SetConfirmationTarget => SimActionData.From(random.Chance(0.85) ? (ulong)random.Between(1, 3) : random.Pick<ulong>([0, 0, 4, 17])),
            SimActionKind.SetDefaultEpoch or SimActionKind.RetireEpoch => SimActionData.From((ulong)random.Below((int)epochs + 2)),
            SimActionKind.SetDelay => SimActionData.From(random.Chance(0.7)
                ? (ulong)random.Between(10, 60)
                : random.Pick<ulong>([0, 9, KmsRegistryState.MaxDelay + 1, ulong.MaxValue])),
            SimActionKind.SetProposalBlocks => SimActionData.From(random.Chance(0.8) ? (ulong)random.Between(10, 40) : random.Pick<ulong>([0, 1, 1_000_001])),
            SimActionKind.SetRotationInterval => SimActionData.From(random.Chance(0.8) ? random.Pick<ulong>([0, 0, 15, 40]) : random.Pick<ulong>([uint.MaxValue, 1UL << 32])),
            SimActionKind.Reset => SimActionData.Empty,

            // No action at all, with what others take.
            SimActionKind.None => random.Below(3) switch
            {
                0 => SimActionData.Empty,
                1 => SimActionData.From((ulong)random.Below(3)),
                _ => SimActionData.From(players.Stranger),
            },
            _ => throw new InvalidOperationException($"no arguments for {kind}"),
        };
    }

    private SimActionData Upgrade(ContractState state)
    {
        var implementation = Implementation(state);
        return random.Below(10) switch
        {
            0 => SimActionData.Upgrade(players.Stranger, default),
            1 => SimActionData.Upgrade(implementation, Bytes32.From(random.Bytes(Bytes32.Size))),
            _ => SimActionData.Upgrade(implementation, state.Code[implementation].Hash),
        };
    }

    private SimActionData Malformed() => random.Below(4) switch
    {
        0 => SimActionData.Empty,
        1 => new SimActionData(new byte[31]),
        2 => new SimActionData(new byte[33]),

        // A number of 2^64 and more, an address with dirty upper bits.
        _ => new SimActionData([.. random.Bytes(12), .. new byte[19], 1]),
    };
}
