using System.Globalization;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Sim.Chain;

/// <summary>KMSRegistry's <c>…BySig</c> calls: who signed, whether in time, and only once. Signatures are real ones.</summary>
internal static class Statements
{
    public static (ContractState State, SimRevert Revert) Propose(ContractState state, SimCall.ProposeBySig call, ulong block, ulong time)
    {
        if (call.Epoch != state.Kms.NextEpoch)
        {
            return (state, SimRevert.WrongEpoch);
        }

        var revert = Use(state, "Propose", call.Epoch, call.Hash, 0, call.DeadlineSeconds, call.Signature, time, out var used, out var signer);
        return revert == SimRevert.None ? OrUndo(state, Proposals.Propose(used, new SimCall.Propose(call.Hash, call.Epoch), signer, block)) : (state, revert);
    }

    public static (ContractState State, SimRevert Revert) Confirm(ContractState state, SimCall.ConfirmBySig call, ulong block, ulong time)
    {
        var revert = Proposals.Check(state, call.ProposalId, call.Hash);
        if (revert == SimRevert.None && call.Epoch != (state.Kms.Proposal?.Epoch ?? 0))
        {
            revert = SimRevert.WrongEpoch;
        }

        if (revert != SimRevert.None)
        {
            return (state, revert);
        }

        revert = Use(state, "Confirm", call.Epoch, call.Hash, call.ProposalId, call.DeadlineSeconds, call.Signature, time, out var used, out var signer);
        return revert == SimRevert.None ? OrUndo(state, Proposals.Confirm(used, new SimCall.Confirm(call.ProposalId, call.Hash), signer, block)) : (state, revert);
    }

    /// <summary>The EIP-191 text that an operator signs.</summary>
    public static string Text(ulong chainId, WalletAddress contract, string verb, ulong epoch, Bytes32 hash, ulong proposalId, ulong deadlineSeconds) =>
        string.Create(CultureInfo.InvariantCulture, $"NovaKMS:{verb}:{chainId}:{contract}:{epoch}:{hash}:{proposalId}:{deadlineSeconds}");

    private static SimRevert Use(
        ContractState state,
        string verb,
        ulong epoch,
        Bytes32 hash,
        ulong proposalId,
        ulong deadlineSeconds,
        byte[] signature,
        ulong time,
        out ContractState used,
        out WalletAddress signer)
    {
        used = state;
        signer = default;
        if (time > deadlineSeconds)
        {
            return SimRevert.StatementExpired;
        }

        var identity = state.Identity ?? throw new InvalidOperationException("statements name the contract: its identity is needed");
        string text = Text(identity.ChainId, identity.KmsRegistry, verb, epoch, hash, proposalId, deadlineSeconds);
        // The contract knows v of 27 and 28 only; we read 0 and 1 too, and keep them as those.
        if (!EthereumSignature.TryFrom(signature, out var parsed) || !parsed.Bytes.Span.SequenceEqual(signature) || !parsed.TryRecover(text, out signer))
        {
            return SimRevert.BadSignature;
        }

        if (state.Kms.UsedStatements.Contains((text, signer)))
        {
            return SimRevert.StatementUsed;
        }

        used = state with { Kms = state.Kms with { UsedStatements = state.Kms.UsedStatements.Add((text, signer)) } };
        return SimRevert.None;
    }

    /// <summary>A transaction that reverts uses up nothing.</summary>
    private static (ContractState State, SimRevert Revert) OrUndo(ContractState before, (ContractState State, SimRevert Revert) after) =>
        after.Revert == SimRevert.None ? after : (before, after.Revert);
}
