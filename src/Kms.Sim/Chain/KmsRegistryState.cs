using System.Collections.Immutable;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Sim.Chain;

/// <summary>KMSRegistry's storage. Immutable: a reorg goes back to an earlier value.</summary>
internal sealed record KmsRegistryState
{
    public const int MaxOperators = 500;
    public const int MaxEpochs = 256;
    public const int MaxConfirmationTarget = 16;
    public const int MaxMeasurements = 16;
    public const uint MaxBarDoublings = 8;
    public const ulong MaxDelay = 30 * 24 * 3600;
    public const ulong MaxProposalBlocks = 1_000_000;
    public const ulong ActionLifeSeconds = 14 * 24 * 3600;

    public required WalletAddress Owner { get; init; }

    public required WalletAddress Guardian { get; init; }

    public WalletAddress? PendingOwner { get; init; }

    /// <summary>The app registry that it reads and takes callbacks from; null: the world's only one, wherever that is.</summary>
    public WalletAddress? NovaAppRegistry { get; init; }

    /// <summary>The code behind the proxy; null where nobody asks.</summary>
    public WalletAddress? Implementation { get; init; }

    public ulong KmsApp { get; init; }

    public ImmutableArray<WalletAddress> Operators { get; init; } = [];

    public ImmutableArray<EpochRecord> Epochs { get; init; } = [];

    public ulong DefaultEpoch { get; init; }

    public bool NextEpochWanted { get; init; } = true;

    public bool ProposalsPaused { get; init; }

    public uint ConfirmationTarget { get; init; } = 1;

    public ulong ProposalBlocks { get; init; } = 100;

    public ulong RotationInterval { get; init; }

    public ulong Delay { get; init; } = 2 * 24 * 3600;

    public ulong DelayFloor { get; init; } = 1;

    public SimProposal? Proposal { get; init; }

    public ulong ProposalCount { get; init; }

    /// <summary>Confirmers of the proposals before the latest, by id - 1.</summary>
    public ImmutableArray<ImmutableArray<WalletAddress>> PastConfirmers { get; init; } = [];

    /// <summary>Signed texts that were used, and by whom.</summary>
    public ImmutableHashSet<(string Text, WalletAddress Signer)> UsedStatements { get; init; } = [];

    public ImmutableHashSet<Bytes32> KnownHashes { get; init; } = [];

    public ImmutableDictionary<WalletAddress, (uint Strikes, ulong Until)> Bars { get; init; } = ImmutableDictionary<WalletAddress, (uint, ulong)>.Empty;

    /// <summary>The approved measurements that are not suspended.</summary>
    public ImmutableArray<Bytes32> Measurements { get; init; } = [];

    /// <summary>The measurements that were approved and are suspended.</summary>
    public ImmutableArray<Bytes32> Suspended { get; init; } = [];

    public ImmutableArray<SimAction> Actions { get; init; } = [];

    /// <summary>The bar as the view tells it: an expired proposal counts from its expiry on, settled or not.</summary>
    public ulong BarredUntil(WalletAddress wallet, ulong block)
    {
        return Settled(block).Bars.TryGetValue(wallet, out var bar) ? bar.Until : 0;
    }

    /// <summary>Bars the proposer of an expired proposal for its life, doubled with each one (griefing costs bounded time).</summary>
    private KmsRegistryState SettleBar(SimProposal expired)
    {
        uint strikes = Bars.TryGetValue(expired.Proposer, out var bar) ? bar.Strikes : 0;
        ulong until = expired.ExpiresAt + ((expired.ExpiresAt - expired.ProposedAt) << (int)Math.Min(strikes, MaxBarDoublings));
        return this with
        {
            Bars = Bars.SetItem(expired.Proposer, (strikes + 1, until)),
            Proposal = expired with { Closed = true },
        };
    }

    /// <summary>The one that a proposal is for.</summary>
    public ulong NextEpoch => (ulong)Epochs.Length + 1;

    /// <summary>Whether another epoch may become wanted.</summary>
    public bool HasRoomForEpoch => Epochs.Length < MaxEpochs;

    /// <summary>Whether a measurement is approved, suspended or not.</summary>
    public bool Knows(Bytes32 measurement) => Measurements.Contains(measurement) || Suspended.Contains(measurement);

    /// <summary>Without an approval, suspended or not.</summary>
    public KmsRegistryState Without(Bytes32 measurement) => Suspended.Contains(measurement)
        ? this with { Suspended = Taken(Suspended, measurement) }
        : this with { Measurements = Taken(Measurements, measurement) };

    public KmsRegistryState Suspend(Bytes32 measurement) =>
        this with { Measurements = Taken(Measurements, measurement), Suspended = Suspended.Add(measurement) };

    public KmsRegistryState Lift(Bytes32 measurement) =>
        this with { Suspended = Taken(Suspended, measurement), Measurements = Measurements.Add(measurement) };

    /// <summary>As the contract does it: the last takes the place of the one that leaves.</summary>
    private static ImmutableArray<Bytes32> Taken(ImmutableArray<Bytes32> list, Bytes32 measurement) =>
        list.SetItem(list.IndexOf(measurement), list[^1]).RemoveAt(list.Length - 1);

    /// <summary>Writes an expiry down, if there is one.</summary>
    public KmsRegistryState Settled(ulong block) =>
        Proposal is { Closed: false } open && block >= open.ExpiresAt ? SettleBar(open) : this;

    /// <summary>Whose confirmations of a proposal count; nobody's for an id that never was.</summary>
    public ImmutableArray<WalletAddress> Confirmers(ulong proposalId) =>
        proposalId == Proposal?.Id ? Proposal.Confirmers
        : proposalId >= 1 && proposalId <= (ulong)PastConfirmers.Length ? PastConfirmers[(int)proposalId - 1]
        : [];

    public bool HasConfirmed(WalletAddress wallet) => Proposal is not null && Proposal.Confirmers.Contains(wallet);

    /// <summary>The domain form that nodes read, as of a block.</summary>
    public KmsState AsOf(ulong block) => new(
        KmsApp == 0 ? null : AppId.From(KmsApp),
        DefaultEpoch == 0 ? null : Epoch.From(DefaultEpoch),
        Epochs,
        Proposal is null ? null : new ProposalRecord(
            Proposal.Id,
            Epoch.From(Proposal.Epoch),
            Proposal.Hash,
            Proposal.Proposer,
            Proposal.ProposedAt,
            Proposal.ExpiresAt,
            (uint)Proposal.Confirmers.Length,
            Proposal.IsOpenAt(block)),
        NextEpochWanted,
        ProposalsPaused,
        ConfirmationTarget,
        ProposalBlocks,
        Measurements);
}
