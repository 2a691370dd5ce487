using Kms.Core.Primitives;

namespace Kms.Core.Ports;

/// <summary>Who the enclave is.</summary>
public sealed record OdynIdentity(WalletAddress Wallet, TeePublicKey TeePublicKey);
