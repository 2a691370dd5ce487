using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>What the registry says of a wallet at one block. Nulls: the registry knows no such record.</summary>
public sealed record WalletFacts(BlockRef At, WalletAddress Wallet, InstanceRecord? Instance, VersionRecord? Version, AppRecord? App);
