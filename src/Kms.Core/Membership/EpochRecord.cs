using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>One activated epoch of KMSRegistry.</summary>
/// <param name="Hash">keccak256 of the master secret.</param>
public sealed record EpochRecord(Epoch Epoch, Bytes32 Hash, WalletAddress Proposer, ulong ActivatedAtBlock, uint Confirmations, bool Retired);
