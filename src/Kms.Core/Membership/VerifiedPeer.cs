using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>A wallet that is a member of the cluster at both views: minted by <c>PeerAuthorizer</c> alone.</summary>
internal sealed class VerifiedPeer
{
    internal VerifiedPeer(InstanceRecord instance, VersionRecord version, BlockRef atLatest)
    {
        Instance = instance;
        Version = version;
        AtLatest = atLatest;
    }

    public WalletAddress Wallet => Instance.Wallet;

    public InstanceRecord Instance { get; }

    public VersionRecord Version { get; }

    /// <summary>The latest head it was verified at.</summary>
    public BlockRef AtLatest { get; }

    /// <summary>ENROLLED: may propose, confirm and receive a secret. DEPRECATED serves and hands over only (design §6).</summary>
    public bool MayReceiveSecrets => Version.Status == VersionStatus.Enrolled;
}
