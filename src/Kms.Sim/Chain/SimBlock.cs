using System.Collections.Immutable;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Sim.Chain;

/// <summary>A block with the contracts' state after it. Orphaned ones stay reachable for the endpoints that still serve them.</summary>
internal sealed record SimBlock(
    BlockRef Ref,
    SimBlock? Parent,
    ContractState State,
    ImmutableDictionary<WalletAddress, ulong> Nonces,
    IReadOnlyList<(SimTransaction Transaction, SimRevert Revert)> Transactions)
{
    public ulong Number => Ref.Number;

    public TransactionReceipt? FindReceipt(Bytes32 hash)
    {
        foreach (var (transaction, revert) in Transactions)
        {
            if (transaction.Hash == hash)
            {
                return new TransactionReceipt(hash, Ref.Number, Ref.Hash, revert == SimRevert.None);
            }
        }

        return null;
    }
}
