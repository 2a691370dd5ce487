using Kms.Core.Membership;
using Kms.Core.Primitives;

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
    Task<ChainResult<BlockRef>> GetHeadAsync(Finality finality, CancellationToken cancel);

    /// <summary>The canonical block at a height, to compare with an earlier pin (deep reorg, design §4).</summary>
    Task<ChainResult<BlockRef>> GetBlockAsync(ulong number, CancellationToken cancel);

    /// <summary>
    /// Everything a membership decision needs at one block: KMSRegistry state, epochs, and every listed operator with
    /// its instance and version records. At most three HTTP requests for up to <see cref="Limits.MaxOperators"/> operators.
    /// </summary>
    /// <param name="self">This node's wallet: its confirmation and bar are read along.</param>
    Task<ChainResult<RegistrySnapshot>> ReadRegistryAsync(BlockRef at, WalletAddress self, CancellationToken cancel);

    /// <summary>Instance, version and app of a wallet at one block. Unknown wallets give a result with nulls, not a failure.</summary>
    Task<ChainResult<WalletFacts>> ReadWalletAsync(BlockRef at, WalletAddress wallet, CancellationToken cancel);

    /// <summary>Storage root of the NovaAppRegistry at a block (<c>eth_getProof</c>), or <see cref="ChainFailure.Unsupported"/>.</summary>
    Task<ChainResult<Bytes32>> ReadAppRegistryRootAsync(BlockRef at, CancellationToken cancel);

    /// <summary>
    /// Builds the EIP-1559 transaction of a registry call: the account's nonce at the latest block, fees, gas. Fails with Unfunded,
    /// or with Rejected, which says that the contract itself refused with one of its own errors: nothing else is evidence.
    /// </summary>
    /// <param name="underWay">
    /// The node's transactions that may still be mined. One with the same nonce is replaced: the fees are at least
    /// <see cref="UnsignedTransaction.FeesToReplace"/>, or the answer is Unavailable.
    /// </param>
    Task<ChainResult<UnsignedTransaction>> PrepareAsync(
        RegistryCall call, WalletAddress from, IReadOnlyList<UnsignedTransaction> underWay, CancellationToken cancel);

    /// <summary>
    /// Hands a signed transaction to the network. Its hash is known before it is mined. Underpriced: another of the sender has the
    /// nonce and pays more.
    /// </summary>
    Task<ChainResult<Bytes32>> SubmitAsync(ReadOnlyMemory<byte> signedTransaction, CancellationToken cancel);

    /// <summary>The receipt, or null while the transaction is not mined (which proves nothing about the future).</summary>
    Task<ChainResult<TransactionReceipt?>> FindReceiptAsync(Bytes32 transactionHash, CancellationToken cancel);
}
