using System.Collections.Immutable;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Sim.Chain;

/// <summary>The operators' part of KMSRegistry: propose, confirm, activate, ask for the next.</summary>
internal static class Proposals
{
    public static (ContractState State, SimRevert Revert) Propose(ContractState state, SimCall.Propose call, WalletAddress sender, ulong block)
    {
        var kms = state.Kms.Settled(block);
        SimRevert revert =
            call.Epoch != kms.NextEpoch ? SimRevert.WrongEpoch
            : call.Hash.IsZero ? SimRevert.ZeroHash
            : kms.ProposalsPaused ? SimRevert.ProposalsPaused
            : !kms.NextEpochWanted ? SimRevert.NoEpochWanted
            : kms.Proposal is not null && kms.Proposal.IsOpenAt(block) ? SimRevert.ProposalOpen
            : block < kms.BarredUntil(sender, block) ? SimRevert.Barred
            : kms.KnownHashes.Contains(call.Hash) ? SimRevert.HashKnown
            : !state.IsEligible(sender) ? SimRevert.NotEligible
            : SimRevert.None;
        if (revert != SimRevert.None)
        {
            return (state, revert);
        }

        kms = kms with
        {
            ProposalCount = kms.ProposalCount + 1,
            KnownHashes = kms.KnownHashes.Add(call.Hash),
            PastConfirmers = kms.Proposal is null ? kms.PastConfirmers : kms.PastConfirmers.Add(kms.Proposal.Confirmers),
            Proposal = new SimProposal(
                kms.ProposalCount + 1,
                call.Epoch,
                call.Hash,
                sender,
                block,
                block + kms.ProposalBlocks,
                [sender],
                Closed: false),
        };
        return ContractMachine.Done(ActivateIfReached(state with { Kms = kms }, block));
    }

    /// <summary>Whether the latest proposal has that number and that hash.</summary>
    public static SimRevert Check(ContractState state, ulong id, Bytes32 hash)
    {
        var proposal = state.Kms.Proposal;
        return id != (proposal?.Id ?? 0) ? SimRevert.WrongProposal
            : hash != (proposal?.Hash ?? default) ? SimRevert.WrongHash
            : SimRevert.None;
    }

    public static (ContractState State, SimRevert Revert) Confirm(ContractState state, SimCall.Confirm call, WalletAddress sender, ulong block)
    {
        var kms = state.Kms;
        var proposal = kms.Proposal;
        var wrong = Check(state, call.ProposalId, call.Hash);
        SimRevert revert =
            wrong != SimRevert.None ? wrong
            : proposal is null || !proposal.IsOpenAt(block) ? SimRevert.ProposalNotOpen
            : proposal.Confirmers.Contains(sender) ? SimRevert.AlreadyConfirmed
            : !state.IsEligible(sender) ? SimRevert.NotEligible
            : SimRevert.None;
        if (revert != SimRevert.None)
        {
            return (state, revert);
        }

        kms = kms with { Proposal = proposal! with { Confirmers = proposal.Confirmers.Add(sender) } };
        return ContractMachine.Done(ActivateIfReached(state with { Kms = kms }, block));
    }

    public static (ContractState State, SimRevert Revert) RequestRotation(ContractState state, WalletAddress sender, ulong block)
    {
        var kms = state.Kms;
        if (kms.NextEpochWanted)
        {
            return (state, SimRevert.EpochAlreadyWanted);
        }

        if (!kms.HasRoomForEpoch)
        {
            return (state, SimRevert.TooManyEpochs);
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

        return ContractMachine.With(state, kms with { NextEpochWanted = true });
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
}
