using System.Numerics;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Core.Ports;

/// <summary>Semantic, block-pinned view of the two registries. Implemented by the Ethereum adapter and by the simulator.</summary>
/// <remarks>
/// Every read names the block it is read at, so that all facts of one decision come from one block (design §3, §4).
/// A different hash at the pinned height is <see cref="ChainFailure.Reorged"/>; "not found" proves nothing and is
/// <see cref="ChainFailure.Unavailable"/>.
/// </remarks>
public interface IChain
{
    /// <summary>Chain id and contract address, from configuration: part of every signed statement.</summary>
    ChainIdentity Identity { get; }

    /// <summary>The head by finality. Final is a depth or a tag, by the implementation's configuration.</summary>
    Task<Result<BlockRef, ChainFailure>> GetHeadAsync(Finality finality, CancellationToken cancel);

    /// <summary>The canonical block at a height, to compare with an earlier pin (deep reorg, design §4).</summary>
    Task<Result<BlockRef, ChainFailure>> GetBlockAsync(ulong number, CancellationToken cancel);

    /// <summary>
    /// Everything a membership decision needs at one block: KMSRegistry state, epochs, and every listed operator with
    /// its instance and version records. At most three HTTP requests for up to <see cref="Limits.MaxOperators"/> operators.
    /// </summary>
    /// <param name="self">This node's wallet: its confirmation and bar are read along.</param>
    Task<Result<RegistrySnapshot, ChainFailure>> ReadRegistryAsync(BlockRef at, WalletAddress self, CancellationToken cancel);

    /// <summary>Instance, version and app of a wallet at one block. Unknown wallets give a result with nulls, not a failure.</summary>
    Task<Result<WalletFacts, ChainFailure>> ReadWalletAsync(BlockRef at, WalletAddress wallet, CancellationToken cancel);

    /// <summary>Storage root of the NovaAppRegistry at a block (<c>eth_getProof</c>), or <see cref="ChainFailure.Unsupported"/>.</summary>
    Task<Result<Bytes32, ChainFailure>> ReadAppRegistryRootAsync(BlockRef at, CancellationToken cancel);

    /// <summary>
    /// Builds the EIP-1559 transaction of a registry call: the account's nonce at the latest block, fees, gas. Fails with Unfunded,
    /// or with Rejected, which says that the contract itself refused with one of its own errors: nothing else is evidence.
    /// </summary>
    /// <param name="underWay">
    /// The node's transactions that may still be mined. One with the same nonce is replaced: the fees are at least
    /// <see cref="UnsignedTransaction.FeesToReplace"/>, or the answer is Unavailable.
    /// </param>
    Task<Result<UnsignedTransaction, ChainFailure>> PrepareAsync(
        RegistryCall call, WalletAddress from, IReadOnlyList<UnsignedTransaction> underWay, CancellationToken cancel);

    /// <summary>
    /// Hands a signed transaction to the network. Its hash is known before it is mined. Underpriced: another of the sender has the
    /// nonce and pays more.
    /// </summary>
    Task<Result<Bytes32, ChainFailure>> SubmitAsync(ReadOnlyMemory<byte> signedTransaction, CancellationToken cancel);

    /// <summary>The receipt, or null while the transaction is not mined (which proves nothing about the future).</summary>
    Task<Result<TransactionReceipt?, ChainFailure>> FindReceiptAsync(Bytes32 transactionHash, CancellationToken cancel);
}

/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="KmsRegistry">Address of the KMSRegistry proxy.</param>
public sealed record ChainIdentity(ulong ChainId, WalletAddress KmsRegistry);

/// <summary>The two views of the chain (design §4): rights are granted when both show them, lost when either does not.</summary>
public enum Finality
{
    Latest,
    Final,
}

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

/// <summary>An EIP-1559 (type 2) transaction before it is signed; amounts in wei.</summary>
public sealed record UnsignedTransaction(
    ulong ChainId,
    ulong Nonce,
    BigInteger MaxPriorityFeePerGas,
    BigInteger MaxFeePerGas,
    ulong GasLimit,
    WalletAddress To,
    BigInteger Value,
    ReadOnlyMemory<byte> Data)
{
    /// <summary>
    /// The least fees of a transaction that takes the place of all of these with the same nonce: an eighth above the greatest
    /// of them. Nodes of the network demand a tenth of both (go-ethereum's <c>txpool.pricebump</c>). Zero when none has the nonce.
    /// </summary>
    public static (BigInteger PriorityFeePerGas, BigInteger FeePerGas) FeesToReplace(IEnumerable<UnsignedTransaction> underWay, ulong nonce)
    {
        var (priority, fee) = (BigInteger.Zero, BigInteger.Zero);
        foreach (var one in underWay.Where(one => one.Nonce == nonce))
        {
            priority = BigInteger.Max(priority, Above(one.MaxPriorityFeePerGas));
            fee = BigInteger.Max(fee, Above(one.MaxFeePerGas));
        }

        return (priority, fee);

        static BigInteger Above(BigInteger wei) => wei + (wei / 8) + 1;
    }
}

/// <param name="Succeeded">False when it reverted.</param>
public sealed record TransactionReceipt(Bytes32 TransactionHash, ulong BlockNumber, Bytes32 BlockHash, bool Succeeded);

/// <summary>Why the chain gave no answer. None of them is evidence about the chain's state except <see cref="Reorged"/>.</summary>
public enum ChainFailure
{
    /// <summary>No usable answer: network, timeout, malformed data, block not found.</summary>
    Unavailable,

    /// <summary>The pinned height holds another hash: the pin is no longer canonical.</summary>
    Reorged,

    /// <summary>The sender cannot pay for gas.</summary>
    Unfunded,

    /// <summary>The contract would revert with one of its own errors, or the network refused a submitted transaction.</summary>
    Rejected,

    /// <summary>The endpoint does not serve this kind of read, or not of a block as old as this.</summary>
    Unsupported,

    /// <summary>The network holds another transaction of the sender with the same nonce, which this one pays too little to replace.</summary>
    Underpriced,
}
