using Kms.Core.Primitives;

namespace Kms.Core.Ports;

/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="KmsRegistry">Address of the KMSRegistry proxy.</param>
public sealed record ChainIdentity(ulong ChainId, WalletAddress KmsRegistry);
