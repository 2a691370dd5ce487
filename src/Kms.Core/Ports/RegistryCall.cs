using Kms.Core.Primitives;

namespace Kms.Core.Ports;

/// <summary>The three transactions a node ever sends.</summary>
public abstract record RegistryCall
{
    private RegistryCall()
    {
    }

    /// <summary>
    /// <c>proposeMasterSecret(bytes32,uint64)</c>. The epoch is named too: the loser of a race may lie in the mempool until the next
    /// epoch is wanted, and its secret is destroyed by then.
    /// </summary>
    public sealed record Propose(Bytes32 Hash, Epoch Epoch) : RegistryCall;

    /// <summary>
    /// <c>confirmMasterSecret(uint64,bytes32)</c>. The hash is named too: after a reorganisation the number may stand for another
    /// proposal, which a confirmation that is mined again must not count for.
    /// </summary>
    public sealed record Confirm(ulong ProposalId, Bytes32 Hash) : RegistryCall;

    /// <summary>
    /// <c>syncOperator(address)</c>: lists an instance whose registration's callback was lost. Anyone may send it for anyone.
    /// </summary>
    public sealed record SyncOperator(WalletAddress Wallet) : RegistryCall;
}
