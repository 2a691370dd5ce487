using System.Collections.Immutable;
using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Sim.Chain;

/// <summary>The contracts' transitions: a pure function of state, call, sender and block. Held against the real KMSRegistry
/// by the differential test, so a change there must be made here too.</summary>
internal static class ContractMachine
{
    public static (ContractState State, SimRevert Revert) Apply(ContractState state, SimCall call, WalletAddress sender, ulong block, ulong time) => call switch
    {
        SimCall.RegisterApp register => Platform(state, state.Apps.Register(register)),
        SimCall.EnrollVersion enroll => Platform(state, state.Apps.Enroll(enroll)),
        SimCall.RegisterInstance register => Registered(state, register),
        SimCall.SetInstanceStatus set => Stopped(state, set),
        SimCall.SetVersionStatus set => Platform(state, state.Apps.Set(set)),
        SimCall.SetAppStatus set => Platform(state, state.Apps.Set(set)),
        SimCall.SyncOperator sync => Done(Listed(state, sync.Wallet, state.IsMember(sync.Wallet))),
        SimCall.Propose propose => Proposed(state, propose.Hash, sender, block),
        SimCall.Confirm confirm => Confirmed(state, confirm.ProposalId, sender, block),
        SimCall.RequestRotation => Rotation(state, sender, block),
        _ => Governance.Apply(state, call, sender, block, time),
    };

    internal static (ContractState State, SimRevert Revert) With(ContractState state, KmsRegistryState kms) => (state with { Kms = kms }, SimRevert.None);

    private static (ContractState State, SimRevert Revert) Done(ContractState state) => (state, SimRevert.None);

    private static (ContractState State, SimRevert Revert) Platform(ContractState state, AppRegistryState? apps) =>
        apps is null ? (state, SimRevert.Platform) : Done(state with { Apps = apps });

    /// <summary>Registration calls <c>addOperator</c> back, which lists the wallet and checks nothing but the app id.</summary>
    private static (ContractState State, SimRevert Revert) Registered(ContractState state, SimCall.RegisterInstance call)
    {
        var apps = state.Apps.Register(call);
        if (apps is null)
        {
            return (state, SimRevert.Platform);
        }

        var registered = state with { Apps = apps };
        return Done(call.App.Value == state.Kms.KmsApp ? Listed(registered, call.Wallet, true) : registered);
    }

    private static (ContractState State, SimRevert Revert) Stopped(ContractState state, SimCall.SetInstanceStatus call)
    {
        var apps = state.Apps.Set(call);
        if (apps is null)
        {
            return (state, SimRevert.Platform);
        }

        var instance = apps.Instances[call.Instance];
        var stopped = state with { Apps = apps };
        return Done(instance.App.Value == state.Kms.KmsApp ? Listed(stopped, instance.Wallet, false) : stopped);
    }

    /// <summary>List and index as the contract keeps them: removal moves the last one into the gap.</summary>
    private static ContractState Listed(ContractState state, WalletAddress wallet, bool wanted)
    {
        var operators = state.Kms.Operators;
        int index = operators.IndexOf(wallet);
        if (wanted == index >= 0)
        {
            return state;
        }

        operators = wanted
            ? operators.Add(wallet)
            : operators.SetItem(index, operators[^1]).RemoveAt(operators.Length - 1);
        return state with { Kms = state.Kms with { Operators = operators } };
    }

    private static (ContractState State, SimRevert Revert) Proposed(ContractState state, Bytes32 hash, WalletAddress sender, ulong block)
    {
        var kms = state.Kms.Settled(block);
        SimRevert revert =
            hash.IsZero ? SimRevert.ZeroHash
            : kms.ProposalsPaused ? SimRevert.ProposalsPaused
            : !kms.NextEpochWanted ? SimRevert.NoEpochWanted
            : kms.Proposal is not null && kms.Proposal.IsOpenAt(block) ? SimRevert.ProposalOpen
            : block < kms.BarredUntil(sender, block) ? SimRevert.Barred
            : kms.KnownHashes.Contains(hash) ? SimRevert.HashKnown
            : !state.IsEligible(sender) ? SimRevert.NotEligible
            : SimRevert.None;
        if (revert != SimRevert.None)
        {
            return (state, revert);
        }

        kms = kms with
        {
            ProposalCount = kms.ProposalCount + 1,
            KnownHashes = kms.KnownHashes.Add(hash),
            Proposal = new SimProposal(
                kms.ProposalCount + 1,
                (ulong)kms.Epochs.Length + 1,
                hash,
                sender,
                block,
                block + kms.ProposalBlocks,
                [sender],
                Closed: false),
        };
        return Done(ActivateIfReached(state with { Kms = kms }, block));
    }

    private static (ContractState State, SimRevert Revert) Confirmed(ContractState state, ulong id, WalletAddress sender, ulong block)
    {
        var kms = state.Kms;
        var proposal = kms.Proposal;
        SimRevert revert =
            id != (proposal?.Id ?? 0) ? SimRevert.WrongProposal
            : proposal is null || !proposal.IsOpenAt(block) ? SimRevert.ProposalNotOpen
            : proposal.Confirmers.Contains(sender) ? SimRevert.AlreadyConfirmed
            : !state.IsEligible(sender) ? SimRevert.NotEligible
            : SimRevert.None;
        if (revert != SimRevert.None)
        {
            return (state, revert);
        }

        kms = kms with { Proposal = proposal! with { Confirmers = proposal.Confirmers.Add(sender) } };
        return Done(ActivateIfReached(state with { Kms = kms }, block));
    }

    /// <summary>At the target every confirmation is re-checked; those no longer eligible are dropped, and count no more.</summary>
    private static ContractState ActivateIfReached(ContractState state, ulong block)
    {
        var kms = state.Kms;
        var proposal = kms.Proposal!;
        if (proposal.Confirmers.Length < kms.ConfirmationTarget)
        {
            return state;
        }

        proposal = proposal with { Confirmers = DropIneligible(state, proposal.Confirmers) };
        if (proposal.Confirmers.Length < kms.ConfirmationTarget)
        {
            return state with { Kms = kms with { Proposal = proposal } };
        }

        var epoch = new EpochRecord(Epoch.From(proposal.Epoch), proposal.Hash, proposal.Proposer, block, (uint)proposal.Confirmers.Length, Retired: false);
        return state with
        {
            Kms = kms with
            {
                Epochs = kms.Epochs.Add(epoch),
                DefaultEpoch = kms.DefaultEpoch == 0 ? proposal.Epoch : kms.DefaultEpoch,
                NextEpochWanted = false,
                Proposal = proposal with { Closed = true },
                Bars = kms.Bars.Remove(proposal.Proposer),
            },
        };
    }

    /// <summary>Everyone but the last, who was checked a moment ago; in the order in which the contract's loop goes.</summary>
    private static ImmutableArray<WalletAddress> DropIneligible(ContractState state, ImmutableArray<WalletAddress> confirmers)
    {
        for (int i = confirmers.Length - 1; i > 0; i--)
        {
            if (!state.IsEligible(confirmers[i - 1]))
            {
                confirmers = confirmers.SetItem(i - 1, confirmers[^1]).RemoveAt(confirmers.Length - 1);
            }
        }

        return confirmers;
    }

    private static (ContractState State, SimRevert Revert) Rotation(ContractState state, WalletAddress sender, ulong block)
    {
        var kms = state.Kms;
        if (kms.NextEpochWanted)
        {
            return (state, SimRevert.EpochAlreadyWanted);
        }

        if (sender != kms.Owner)
        {
            if (kms.RotationInterval == 0)
            {
                return (state, SimRevert.RotationOnlyByOwner);
            }

            if (block < kms.Epochs[^1].ActivatedAtBlock + kms.RotationInterval)
            {
                return (state, SimRevert.RotationTooEarly);
            }
        }

        return With(state, kms with { NextEpochWanted = true });
    }
}
