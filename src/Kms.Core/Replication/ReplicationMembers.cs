using System.Diagnostics.CodeAnalysis;
using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Core.Replication;

/// <summary>Whom this node exchanges records with, and under which epochs: what one view of the chain says.</summary>
internal sealed class ReplicationMembers
{
    private readonly Dictionary<WalletAddress, VerifiedPeer> _byWallet;

    /// <param name="others">All members but this node.</param>
    /// <param name="epochs">Those that messages can be sealed under, in the order in which they are tried.</param>
    public ReplicationMembers(IReadOnlyList<VerifiedPeer> others, IReadOnlyList<Epoch> epochs)
    {
        Invariant.Require(epochs.Count > 0);
        Invariant.Require(others.Count <= Limits.MaxPeers);
        Others = others;
        Epochs = epochs;
        _byWallet = others.ToDictionary(peer => peer.Wallet);
    }

    public IReadOnlyList<VerifiedPeer> Others { get; }

    public IReadOnlyList<Epoch> Epochs { get; }

    public bool Contains(WalletAddress wallet) => _byWallet.ContainsKey(wallet);

    public bool TryGet(WalletAddress wallet, [NotNullWhen(true)] out VerifiedPeer? peer) => _byWallet.TryGetValue(wallet, out peer);

    /// <summary>The same peers in the same places, and the same epochs: a newer view that says nothing new here.</summary>
    public bool IsSameAs(ReplicationMembers? other) =>
        other is not null && Epochs.SequenceEqual(other.Epochs) && Others.Count == other.Others.Count
        && Others.All(peer => other.TryGet(peer.Wallet, out var same) && same.Instance == peer.Instance);
}
