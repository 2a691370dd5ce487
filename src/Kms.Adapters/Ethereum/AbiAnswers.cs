using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Kms.Core;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using static Kms.Adapters.Ethereum.RegistryMessages;

namespace Kms.Adapters.Ethereum;

/// <summary>Decodes the answers to <see cref="AbiCalls"/>. False: not what the contract can have answered.</summary>
/// <remarks>
/// A record that is well-formed but unusable to us (a status that we do not know, a URL beyond limits) is no failure of
/// the read: anyone who may register an instance could otherwise stop every node. It comes back as no record, or with
/// an empty URL, which grants nothing.
/// </remarks>
internal static class AbiAnswers
{
    private const int MaxTeeKeyBytes = 256;
    private const int Word = 32;

    public static bool TryNodeState(ReadOnlySpan<byte> data, [NotNullWhen(true)] out NodeState? state)
    {
        // Nethereum takes the length of a list for good when the product of it and a word's 32 bytes, in 32 bits, is not above the
        // data: of 2^27 it makes as many elements (2 GiB) out of nothing. So the list is where it must be, and as long as the data.
        const int HeadWords = 17;
        int measurements = (data.Length / Word) - (HeadWords + 2);
        state = null;
        if (measurements < 0 || measurements > Limits.MaxApprovedMeasurements
            || !HasWord(data, 0, Word) || !HasWord(data, HeadWords, HeadWords * Word) || !HasWord(data, HeadWords + 1, measurements)
            || !AbiMessage.TryDecode<NodeStateAnswer>(data, out var answer)
            || !TryId(answer.Value.KmsAppId, out ulong app) || !TryProposal(answer.Value.Proposal, out var proposal))
        {
            return false;
        }

        var read = answer.Value;
        state = new NodeState(
            app == 0 ? null : AppId.From(app),
            Wallet(read.NovaAppRegistry),
            read.EpochCount,
            read.DefaultEpoch == 0 ? null : Epoch.From(read.DefaultEpoch),
            read.NextEpochWanted,
            read.ProposalsPaused,
            read.ConfirmationTarget,
            read.ProposalBlocks,
            proposal,
            [.. read.ApprovedMeasurements.Select(static measurement => Bytes32.From(measurement))]);
        return read.DefaultEpoch <= read.EpochCount;
    }

    /// <summary>Epochs 1, 2, 3…, exactly as many as <paramref name="count"/>.</summary>
    public static bool TryEpochs(ReadOnlySpan<byte> data, ulong count, out IReadOnlyList<EpochRecord> epochs)
    {
        var reader = new AbiReader(data);
        int length = reader.EnterList(5, Limits.MaxEpochs);
        var list = new List<EpochRecord>(length);
        bool complete = true;
        for (int i = 0; i < length; i++)
        {
            var hash = reader.ReadBytes32();
            var proposer = reader.ReadAddress();
            ulong block = reader.ReadUInt64();
            uint confirmations = reader.ReadUInt32();
            bool retired = reader.ReadBool();
            complete &= proposer is not null && !hash.IsZero;
            list.Add(new EpochRecord(Epoch.From((ulong)i + 1), hash, proposer ?? default, block, confirmations, retired));
        }

        epochs = list;
        return reader.Finish() && complete && (ulong)length == count;
    }

    /// <summary>
    /// The operator list, or the platform's of active instances; more than <paramref name="most"/>, the zero address and repeats
    /// are refused.
    /// </summary>
    public static bool TryWallets(ReadOnlySpan<byte> data, int most, out IReadOnlyList<WalletAddress> wallets)
    {
        var reader = new AbiReader(data);
        int length = reader.EnterList(1, most);
        var seen = new HashSet<WalletAddress>(length);
        var list = new List<WalletAddress>(length);
        for (int i = 0; i < length; i++)
        {
            if (reader.ReadAddress() is { } wallet && seen.Add(wallet))
            {
                list.Add(wallet);
            }
        }

        wallets = list;
        return reader.Finish() && list.Count == length;
    }

    public static bool TryHasConfirmed(ReadOnlySpan<byte> data, out bool value)
    {
        bool ok = AbiMessage.TryDecode<HasConfirmedAnswer>(data, out var answer);
        value = answer?.Value ?? false;
        return ok;
    }

    public static bool TryBarredUntil(ReadOnlySpan<byte> data, out ulong value)
    {
        bool ok = AbiMessage.TryDecode<BarredUntilAnswer>(data, out var answer);
        value = answer?.Value ?? 0;
        return ok;
    }

    public static bool TryConfirmationTarget(ReadOnlySpan<byte> data, out uint value)
    {
        bool ok = AbiMessage.TryDecode<ConfirmationTargetAnswer>(data, out var answer);
        value = answer?.Value ?? 0;
        return ok;
    }

    /// <summary>An address; null for zero.</summary>
    public static bool TryNovaAppRegistry(ReadOnlySpan<byte> data, out WalletAddress? value)
    {
        bool ok = AbiMessage.TryDecode<NovaAppRegistryAnswer>(data, out var answer);
        value = answer is null ? null : Wallet(answer.Value);
        return ok;
    }

    /// <summary><c>getApp</c> in both layouts: the offset of <c>metadataUri</c> tells whether <c>appWallet</c> follows.</summary>
    public static bool TryApp(ReadOnlySpan<byte> data, AppId asked, out AppRecord? app)
    {
        app = null;
        const int OldHeadWords = 8;
        (BigInteger Id, byte Status)? read = HasWord(data, 5, OldHeadWords * Word)
            ? AbiMessage.TryDecode<GetAppAnswerWithoutAppWallet>(data, out var old) ? (old.Value.AppId, old.Value.Status) : null
            : AbiMessage.TryDecode<GetAppAnswer>(data, out var answer) ? (answer.Value.AppId, answer.Value.Status) : null;
        if (read is not var (id, status) || (!id.IsZero && id != asked.Value))
        {
            return false;
        }

        app = !id.IsZero && status <= (byte)AppStatus.Revoked ? new AppRecord(asked, (AppStatus)status) : null;
        return true;
    }

    public static bool TryVersion(ReadOnlySpan<byte> data, AppId app, VersionId asked, out VersionRecord? version)
    {
        version = null;
        if (!AbiMessage.TryDecode<GetVersionAnswer>(data, out var answer)
            || (!answer.Value.VersionId.IsZero && answer.Value.VersionId != asked.Value))
        {
            return false;
        }

        var read = answer.Value;
        version = !read.VersionId.IsZero && read.Status <= (byte)VersionStatus.Revoked
            ? new VersionRecord(app, asked, (VersionStatus)read.Status, Bytes32.From(read.CodeMeasurement))
            : null;
        return true;
    }

    public static bool TryInstance(ReadOnlySpan<byte> data, WalletAddress asked, out InstanceRecord? instance)
    {
        instance = null;
        var reader = new AbiReader(data);
        reader.EnterDynamicTuple(10);
        ulong id = reader.ReadUInt64();
        ulong app = reader.ReadUInt64();
        ulong version = reader.ReadUInt64();
        reader.ReadAddress(); // operator: who registered it
        string? url = reader.ReadString(Limits.MaxInstanceUrlBytes);
        var teeKey = reader.ReadBytes(MaxTeeKeyBytes);
        var wallet = reader.ReadAddress();
        bool zkVerified = reader.ReadBool();
        byte status = reader.ReadUInt8();
        reader.SkipWord(); // registeredAt
        if (!reader.Finish() || (id != 0 && wallet != asked))
        {
            return false;
        }

        if (id != 0 && app != 0 && version != 0 && status <= (byte)InstanceStatus.Failed)
        {
            instance = new InstanceRecord(
                InstanceId.From(id),
                AppId.From(app),
                VersionId.From(version),
                asked,
                TeePublicKey.TryFrom(teeKey, out var key) ? key : null,
                url ?? string.Empty,
                zkVerified,
                (InstanceStatus)status);
        }

        return true;
    }

    private static bool TryProposal(ProposalTuple read, out ProposalRecord? proposal)
    {
        proposal = null;
        if (read.Id == 0)
        {
            return !read.Open;
        }

        if (read.Epoch == 0 || Wallet(read.Proposer) is not { } proposer)
        {
            return false;
        }

        proposal = new ProposalRecord(
            read.Id,
            Epoch.From(read.Epoch),
            Bytes32.From(read.Hash),
            proposer,
            read.ProposedAtBlock,
            read.ExpiresAtBlock,
            read.Confirmations,
            read.Open);
        return true;
    }

    /// <summary>Null for the zero address.</summary>
    private static WalletAddress? Wallet(string address) => WalletAddress.TryParse(address, out var wallet) ? wallet : null;

    /// <summary>Ids beyond 64 bits are refused.</summary>
    private static bool TryId(BigInteger number, out ulong id)
    {
        id = number <= ulong.MaxValue ? (ulong)number : 0;
        return number <= ulong.MaxValue;
    }

    private static bool HasWord(ReadOnlySpan<byte> data, int index, int value) =>
        data.Length >= (index + 1) * Word
        && !data.Slice(index * Word, Word - sizeof(int)).ContainsAnyExcept((byte)0)
        && BinaryPrimitives.ReadInt32BigEndian(data[((index * Word) + Word - sizeof(int))..]) == value;
}
