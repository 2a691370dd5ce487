using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Properties.Fakes;

/// <summary>Both registries at one block of <see cref="ClusterChain"/>: KMSRegistry's rules in memory.</summary>
internal sealed class ClusterState
{
    public required AppId KmsApp { get; init; }

    public uint Target { get; set; } = 1;

    public ulong ProposalBlocks { get; set; } = 40;

    public AppStatus AppStatus { get; set; } = AppStatus.Active;

    public bool RotationRequested { get; set; }

    public bool Paused { get; set; }

    public ulong? DefaultEpoch { get; set; }

    public List<Bytes32> Approved { get; private set; } = [];

    public List<InstanceRecord> Instances { get; private set; } = [];

    public HashSet<WalletAddress> Listed { get; private set; } = [];

    public Dictionary<VersionId, VersionRecord> Versions { get; private set; } = [];

    public List<EpochRecord> Epochs { get; private set; } = [];

    public ProposalRecord? Proposal { get; set; }

    public HashSet<WalletAddress> Confirmed { get; private set; } = [];

    public HashSet<Bytes32> KnownHashes { get; private set; } = [];

    public Dictionary<WalletAddress, ulong> Barred { get; private set; } = [];

    public Dictionary<WalletAddress, ulong> Nonces { get; private set; } = [];

    public ClusterState Clone()
    {
        var copy = (ClusterState)MemberwiseClone();
        copy.Approved = [.. Approved];
        copy.Instances = [.. Instances];
        copy.Listed = [.. Listed];
        copy.Versions = new(Versions);
        copy.Epochs = [.. Epochs];
        copy.Confirmed = [.. Confirmed];
        copy.KnownHashes = [.. KnownHashes];
        copy.Barred = new(Barred);
        copy.Nonces = new(Nonces);
        return copy;
    }

    public InstanceRecord? Find(WalletAddress wallet) => Instances.Find(one => one.Wallet == wallet);

    public void Change(WalletAddress wallet, Func<InstanceRecord, InstanceRecord> change)
    {
        int at = Instances.FindIndex(one => one.Wallet == wallet);
        Instances[at] = change(Instances[at]);
    }

    public void ChangeVersion(VersionId id, Func<VersionRecord, VersionRecord> change) => Versions[id] = change(Versions[id]);

    public bool IsWanted => Epochs.Count == 0 || RotationRequested;

    public bool IsOpenAt(ulong block) => Proposal is { IsOpen: true } open && block < open.ExpiresAtBlock;

    public bool IsEligible(WalletAddress wallet) =>
        AppStatus == AppStatus.Active && Find(wallet) is { Status: InstanceStatus.Active, ZkVerified: true } instance
        && Versions.TryGetValue(instance.Version, out var version)
        && version.Status == VersionStatus.Enrolled && Approved.Contains(version.CodeMeasurement);

    /// <summary>False: the transaction reverts.</summary>
    /// <summary><c>syncOperator</c> of an instance that is a member but for the list.</summary>
    public bool List(WalletAddress wallet) => Find(wallet) is { Status: InstanceStatus.Active, ZkVerified: true } && Listed.Add(wallet);

    public bool Propose(WalletAddress from, Bytes32 hash, ulong block)
    {
        if (!IsEligible(from) || !IsWanted || Paused || IsOpenAt(block) || KnownHashes.Contains(hash) || Barred.GetValueOrDefault(from) > block)
        {
            return false;
        }

        Proposal = new ProposalRecord((Proposal?.Id ?? 0) + 1, Epoch.From((ulong)Epochs.Count + 1), hash, from, block, block + ProposalBlocks, 0, true);
        KnownHashes.Add(hash);
        Confirmed.Clear();
        return Confirm(from, Proposal.Id, hash, block);
    }

    public bool Confirm(WalletAddress from, ulong id, Bytes32 hash, ulong block)
    {
        if (!IsEligible(from) || !IsOpenAt(block) || Proposal!.Id != id || Proposal.Hash != hash || !Confirmed.Add(from))
        {
            return false;
        }

        Proposal = Proposal with { Confirmations = (uint)Confirmed.Count };
        if (Confirmed.Count >= Target)
        {
            Epochs.Add(new EpochRecord(Proposal.Epoch, Proposal.Hash, Proposal.Proposer, block, (uint)Confirmed.Count, false));
            DefaultEpoch ??= Proposal.Epoch.Value;
            RotationRequested = false;
            Proposal = Proposal with { IsOpen = false };
        }

        return true;
    }

    public void Retire(Epoch epoch) => Epochs[(int)epoch.Value - 1] = Epochs[(int)epoch.Value - 1] with { Retired = true };

    /// <summary>Bars the proposer of a proposal that has run out.</summary>
    public void Expire(ulong block)
    {
        if (Proposal is { IsOpen: true } open && block >= open.ExpiresAtBlock)
        {
            Proposal = open with { IsOpen = false };
            Barred[open.Proposer] = open.ExpiresAtBlock + ProposalBlocks;
        }
    }

    public RegistrySnapshot Snapshot(BlockRef at, WalletAddress self) => new(
        at,
        new KmsState(
            KmsApp, DefaultEpoch is { } epoch ? Epoch.From(epoch) : null, [.. Epochs], Proposal, IsWanted, Paused, Target, ProposalBlocks, [.. Approved]),
        new AppRecord(KmsApp, AppStatus),
        [.. Instances.Where(one => Listed.Contains(one.Wallet)).Select(one => new OperatorRecord(one.Wallet, one, Versions.GetValueOrDefault(one.Version)))],
        [.. Instances.Where(one => !Listed.Contains(one.Wallet) && one.Status == InstanceStatus.Active)],
        new SelfRecord(Confirmed.Contains(self), Barred.GetValueOrDefault(self)));
}
