using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>A wallet on KMSRegistry's operator list, with what the app registry says of it. Being listed is no right.</summary>
public sealed record OperatorRecord(WalletAddress Wallet, InstanceRecord? Instance, VersionRecord? Version);
