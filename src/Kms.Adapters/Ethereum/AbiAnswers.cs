using System.Diagnostics.CodeAnalysis;
using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Primitives;

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

    public static bool TryNodeState(ReadOnlySpan<byte> data, [NotNullWhen(true)] out NodeState? state)
    {
        var reader = new AbiReader(data);
        reader.EnterDynamicTuple(17);
        ulong app = reader.ReadUInt64();
        var appRegistry = reader.ReadAddress();
        ulong epochCount = reader.ReadUInt64();
        ulong defaultEpoch = reader.ReadUInt64();
        bool wanted = reader.ReadBool();
        bool paused = reader.ReadBool();
        uint target = reader.ReadUInt32();
        ulong proposalBlocks = reader.ReadUInt64();
        bool proposalOk = TryProposal(ref reader, out var proposal);
        var measurements = reader.ReadBytes32Array(Limits.MaxApprovedMeasurements);

        state = new NodeState(
            app == 0 ? null : AppId.From(app),
            appRegistry,
            epochCount,
            defaultEpoch == 0 ? null : Epoch.From(defaultEpoch),
            wanted,
            paused,
            target,
            proposalBlocks,
            proposal,
            measurements);
        return reader.Finish() && proposalOk && defaultEpoch <= epochCount;
    }

    /// <summary>Epochs 1, 2, 3…, exactly as many as <paramref name="count"/>.</summary>
    public static bool TryEpochs(ReadOnlySpan<byte> data, ulong count, out IReadOnlyList<EpochRecord> epochs)
    {
        var reader = new AbiReader(data);
        reader.Enter(1);
        int length = reader.EnterArray(5, Limits.MaxEpochs, out int returnTo);
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

        reader.LeaveArray(returnTo);
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
        reader.Enter(1);
        int length = reader.EnterArray(1, most, out int returnTo);
        var seen = new HashSet<WalletAddress>(length);
        var list = new List<WalletAddress>(length);
        for (int i = 0; i < length; i++)
        {
            if (reader.ReadAddress() is { } wallet && seen.Add(wallet))
            {
                list.Add(wallet);
            }
        }

        reader.LeaveArray(returnTo);
        wallets = list;
        return reader.Finish() && list.Count == length;
    }

    public static bool TryBool(ReadOnlySpan<byte> data, out bool value)
    {
        var reader = new AbiReader(data);
        reader.Enter(1);
        value = reader.ReadBool();
        return reader.Finish();
    }

    public static bool TryUInt64(ReadOnlySpan<byte> data, out ulong value)
    {
        var reader = new AbiReader(data);
        reader.Enter(1);
        value = reader.ReadUInt64();
        return reader.Finish();
    }

    /// <summary>An address; null for zero.</summary>
    public static bool TryAddress(ReadOnlySpan<byte> data, out WalletAddress? value)
    {
        var reader = new AbiReader(data);
        reader.Enter(1);
        value = reader.ReadAddress();
        return reader.Finish();
    }

    /// <summary><c>getApp</c> in both layouts: the offset of <c>metadataUri</c> tells whether <c>appWallet</c> follows.</summary>
    public static bool TryApp(ReadOnlySpan<byte> data, AppId asked, out AppRecord? app)
    {
        app = null;
        const int OldHeadWords = 8;
        const int NewHeadWords = 9;
        var probe = new AbiReader(data);
        probe.EnterDynamicTuple(NewHeadWords);
        int headWords = probe.PeekOffset(4) == OldHeadWords * AbiWord.Size ? OldHeadWords : NewHeadWords;

        var reader = new AbiReader(data);
        reader.EnterDynamicTuple(headWords);
        ulong id = reader.ReadUInt64();
        reader.ReadAddress(); // owner
        reader.SkipWord(); // teeArch
        reader.ReadAddress(); // dappContract
        reader.ReadBytes(0); // metadataUri
        reader.ReadUInt64(); // latestVersionId
        reader.SkipWord(); // createdAt
        byte status = reader.ReadUInt8();
        if (headWords == NewHeadWords)
        {
            reader.ReadAddress(); // appWallet
        }

        if (!reader.Finish() || (id != 0 && id != asked.Value))
        {
            return false;
        }

        app = id != 0 && status <= (byte)AppStatus.Revoked ? new AppRecord(asked, (AppStatus)status) : null;
        return true;
    }

    public static bool TryVersion(ReadOnlySpan<byte> data, AppId app, VersionId asked, out VersionRecord? version)
    {
        version = null;
        var reader = new AbiReader(data);
        reader.EnterDynamicTuple(10);
        ulong id = reader.ReadUInt64();
        reader.ReadBytes(0); // versionName
        var measurement = reader.ReadBytes32();
        reader.ReadBytes(0); // imageUri
        reader.ReadBytes(0); // auditUrl
        reader.ReadBytes(0); // auditHash
        reader.ReadBytes(0); // githubRunId
        byte status = reader.ReadUInt8();
        reader.SkipWord(); // enrolledAt
        reader.ReadAddress(); // enrolledBy
        if (!reader.Finish() || (id != 0 && id != asked.Value))
        {
            return false;
        }

        version = id != 0 && status <= (byte)VersionStatus.Revoked
            ? new VersionRecord(app, asked, (VersionStatus)status, measurement)
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

    private static bool TryProposal(ref AbiReader reader, out ProposalRecord? proposal)
    {
        ulong id = reader.ReadUInt64();
        ulong epoch = reader.ReadUInt64();
        var hash = reader.ReadBytes32();
        var proposer = reader.ReadAddress();
        ulong proposedAt = reader.ReadUInt64();
        ulong expiresAt = reader.ReadUInt64();
        uint confirmations = reader.ReadUInt32();
        bool open = reader.ReadBool();
        proposal = null;
        if (id == 0)
        {
            return !open;
        }

        if (epoch == 0 || proposer is not { } wallet)
        {
            return false;
        }

        proposal = new ProposalRecord(id, Epoch.From(epoch), hash, wallet, proposedAt, expiresAt, confirmations, open);
        return true;
    }
}
