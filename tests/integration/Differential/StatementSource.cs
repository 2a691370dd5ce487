using System.Numerics;
using Kms.Core.Primitives;
using Kms.Sim.Chain;
using Kms.Sim.Kernel;

namespace Kms.Integration.Differential;

/// <summary>Draws signed statements: right ones, late ones, replays, and ones that say something else than the call.</summary>
internal sealed class StatementSource(SimRandom random, Players players)
{
    private static readonly BigInteger Order = new(Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141"), isUnsigned: true, isBigEndian: true);
    private readonly List<SimCall> _sent = [];

    public SimCall Propose(ContractState state, WalletAddress signer, Bytes32 hash, ulong time)
    {
        ulong epoch = state.Kms.NextEpoch;
        if (Replay<SimCall.ProposeBySig>(
            state,
            sent => sent.Epoch == epoch && sent.DeadlineSeconds >= time,
            sent => Text(state, "Propose", sent.Epoch, sent.Hash, 0, sent.DeadlineSeconds)) is { } again)
        {
            return again;
        }

        ulong called = EpochToPropose(state);
        ulong deadline = Deadline(time);
        return Sent(new SimCall.ProposeBySig(hash, called, deadline, Sign(state, signer, "Propose", called, hash, 0, deadline)));
    }

    /// <summary>The next one, now and then the one before or after.</summary>
    public ulong EpochToPropose(ContractState state) =>
        random.Chance(0.93) ? state.Kms.NextEpoch : state.Kms.NextEpoch + (ulong)random.Below(2) * 2 - 1;

    public SimCall Confirm(ContractState state, WalletAddress signer, ulong proposalId, ulong time)
    {
        var proposal = state.Kms.Proposal;
        if (Replay<SimCall.ConfirmBySig>(
            state,
            sent => sent.ProposalId == proposal?.Id && sent.Hash == proposal.Hash && sent.DeadlineSeconds >= time,
            sent => Text(state, "Confirm", sent.Epoch, sent.Hash, sent.ProposalId, sent.DeadlineSeconds)) is { } again)
        {
            return again;
        }

        ulong epoch = random.Chance(0.95) ? proposal?.Epoch ?? 0 : (ulong)random.Below(5);
        var hash = ProposedHash(state);
        ulong deadline = Deadline(time);
        return Sent(new SimCall.ConfirmBySig(proposalId, epoch, hash, deadline, Sign(state, signer, "Confirm", epoch, hash, proposalId, deadline)));
    }

    /// <summary>The hash that a confirmation names: mostly the proposal's.</summary>
    public Bytes32 ProposedHash(ContractState state) =>
        random.Chance(0.95) ? state.Kms.Proposal?.Hash ?? default : Bytes32.From(random.Bytes(Bytes32.Size));

    /// <summary>One that was sent before, mostly one that would still fit, and rather one that was used up than one that was refused.</summary>
    private T? Replay<T>(ContractState state, Func<T, bool> fits, Func<T, string> text)
        where T : SimCall
    {
        var known = _sent.OfType<T>().ToArray();
        var fitting = known.Where(fits).ToArray();
        var used = fitting.Where(sent => state.Kms.UsedStatements.Any(statement => statement.Text == text(sent))).ToArray();
        return used.Length > 0 && random.Chance(0.3) ? random.Pick(used)
            : fitting.Length > 0 && random.Chance(0.3) ? random.Pick(fitting)
            : known.Length > 0 && random.Chance(0.05) ? random.Pick(known)
            : null;
    }

    private static string Text(ContractState state, string verb, ulong epoch, Bytes32 hash, ulong proposalId, ulong deadline) =>
        Statements.Text(state.Identity!.ChainId, state.Identity.KmsRegistry, verb, epoch, hash, proposalId, deadline);

    private SimCall Sent(SimCall call)
    {
        _sent.Add(call);
        return call;
    }

    // The last second that is still in time, mostly more, sometimes one too late.
    private ulong Deadline(ulong time) => random.Below(10) switch { 0 => time, 1 => time - 1, _ => time + (ulong)random.Between(1, 5000) };

    /// <summary>Signs what the call says, or in one case of four one thing that differs, or bends the signature.</summary>
    private byte[] Sign(ContractState state, WalletAddress signer, string verb, ulong epoch, Bytes32 hash, ulong proposalId, ulong deadline)
    {
        var (chain, contract) = (state.Identity!.ChainId, state.Identity.KmsRegistry);
        int twist = random.Below(36);
        string text = twist switch
        {
            0 => Statements.Text(chain + 1, contract, verb, epoch, hash, proposalId, deadline),
            1 => Statements.Text(chain, players.Stranger, verb, epoch, hash, proposalId, deadline),
            2 => Statements.Text(chain, contract, verb == "Propose" ? "Confirm" : "Propose", epoch, hash, proposalId, deadline),
            3 => Statements.Text(chain, contract, verb, epoch + 1, hash, proposalId, deadline),
            4 => Statements.Text(chain, contract, verb, epoch, Bytes32.From(random.Bytes(Bytes32.Size)), proposalId, deadline),
            5 => Statements.Text(chain, contract, verb, epoch, hash, proposalId + 1, deadline),
            6 => Statements.Text(chain, contract, verb, epoch, hash, proposalId, deadline + 1),
            _ => Statements.Text(chain, contract, verb, epoch, hash, proposalId, deadline),
        };
        byte[] signature = players.Sign(signer, text);
        return twist switch
        {
            7 => signature[..64],
            8 => HighS(signature),
            9 => [.. signature[..64], (byte)(signature[64] - 27)],
            10 => [.. new byte[32], .. signature[32..]],
            _ => signature,
        };
    }

    /// <summary>The other signature of the same text by the same key, which EIP-2 refuses.</summary>
    private static byte[] HighS(byte[] signature)
    {
        var s = Order - new BigInteger(signature.AsSpan(32, 32), isUnsigned: true, isBigEndian: true);
        byte[] high = s.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. signature[..32], .. new byte[32 - high.Length], .. high, (byte)(signature[64] ^ 7)];
    }
}
