using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>The newest proposal of KMSRegistry.</summary>
/// <param name="IsOpen">Neither activated nor expired at the block that was read.</param>
public sealed record ProposalRecord(
    ulong Id,
    Epoch Epoch,
    Bytes32 Hash,
    WalletAddress Proposer,
    ulong ProposedAtBlock,
    ulong ExpiresAtBlock,
    uint Confirmations,
    bool IsOpen);
