using System.Collections.Immutable;
using Kms.Core.Primitives;

namespace Kms.Sim.Chain;

/// <summary>A proposal as the contract stores it: whether it is open depends on the block that asks.</summary>
internal sealed record SimProposal(
    ulong Id,
    ulong Epoch,
    Bytes32 Hash,
    WalletAddress Proposer,
    ulong ProposedAt,
    ulong ExpiresAt,
    ImmutableArray<WalletAddress> Confirmers,
    bool Closed)
{
    public bool IsOpenAt(ulong block) => !Closed && block < ExpiresAt;
}
