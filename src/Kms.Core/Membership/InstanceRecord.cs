using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>What a node needs of <c>getInstanceByWallet</c>.</summary>
/// <param name="Url">As registered: hostile text until <see cref="Network.PeerUrl"/> parsed it.</param>
/// <param name="TeePublicKey">Null when the registered bytes are not a P-384 key.</param>
public sealed record InstanceRecord(
    InstanceId Id,
    AppId App,
    VersionId Version,
    WalletAddress Wallet,
    TeePublicKey? TeePublicKey,
    string Url,
    bool ZkVerified,
    InstanceStatus Status);
