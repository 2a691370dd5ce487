using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Adapters.Ethereum;

/// <summary><see cref="IChain"/> over the Ethereum JSON-RPC (execution-apis), on any EVM chain with EIP-1559.</summary>
/// <remarks>Whatever an RPC answers, the result is a value or a <see cref="ChainFailure"/>; only cancellation throws.</remarks>
public sealed class EthereumChain : IChain, IDisposable
{
    private readonly RpcPool _pool;
    private readonly HeadReader _heads;
    private readonly RegistryReader _registries;
    private readonly TransactionSender _sender;

    /// <exception cref="ArgumentException">No RPC, or a URL that is not absolute http(s).</exception>
    public EthereumChain(EthereumChainOptions options)
    {
        if (options.RpcUrls.Count == 0 || options.RpcUrls.Any(static url => !url.IsAbsoluteUri || url.Scheme is not ("http" or "https")))
        {
            throw new ArgumentException("at least one absolute http or https URL is needed", nameof(options));
        }

        Identity = options.Identity;
        _pool = new RpcPool(options);
        _heads = new HeadReader(_pool, options.Finality);
        _registries = new RegistryReader(new PinnedReader(_pool, options.Identity.KmsRegistry), options.Identity.KmsRegistry);
        _sender = new TransactionSender(_pool, options);
    }

    public ChainIdentity Identity { get; }

    /// <summary>HTTP requests sent so far, to all RPCs.</summary>
    public long HttpRequests => _pool.Requests;

    public Task<Result<BlockRef, ChainFailure>> GetHeadAsync(Finality finality, CancellationToken cancel) => _heads.GetHeadAsync(finality, cancel);

    public Task<Result<BlockRef, ChainFailure>> GetBlockAsync(ulong number, CancellationToken cancel) => _heads.GetBlockAsync(number, cancel);

    public Task<Result<RegistrySnapshot, ChainFailure>> ReadRegistryAsync(BlockRef at, WalletAddress self, CancellationToken cancel) =>
        _registries.ReadRegistryAsync(at, self, cancel);

    public Task<Result<WalletFacts, ChainFailure>> ReadWalletAsync(BlockRef at, WalletAddress wallet, CancellationToken cancel) =>
        _registries.ReadWalletAsync(at, wallet, cancel);

    /// <summary>The wallets where the platform's own clients look for an app's nodes. Fails on the platform's old build, which has no such list.</summary>
    public Task<Result<IReadOnlyList<WalletAddress>, ChainFailure>> ReadActiveInstancesAsync(BlockRef at, AppId app, CancellationToken cancel) =>
        _registries.ReadActiveInstancesAsync(at, app, cancel);

    public Task<Result<Bytes32, ChainFailure>> ReadAppRegistryRootAsync(BlockRef at, CancellationToken cancel) =>
        _registries.ReadAppRegistryRootAsync(at, cancel);

    public Task<Result<UnsignedTransaction, ChainFailure>> PrepareAsync(
        RegistryCall call, WalletAddress from, IReadOnlyList<UnsignedTransaction> underWay, CancellationToken cancel) =>
        _sender.PrepareAsync(call, from, underWay, cancel);

    public Task<Result<Bytes32, ChainFailure>> SubmitAsync(ReadOnlyMemory<byte> signedTransaction, CancellationToken cancel) =>
        _sender.SubmitAsync(signedTransaction, cancel);

    public Task<Result<TransactionReceipt?, ChainFailure>> FindReceiptAsync(Bytes32 transactionHash, CancellationToken cancel) =>
        _sender.FindReceiptAsync(transactionHash, cancel);

    /// <inheritdoc cref="HeadReader.AnswersTagAsync"/>
    internal Task<Result<bool, ChainFailure>> AnswersFinalTagAsync(CancellationToken cancel) => _heads.AnswersTagAsync(cancel);

    public void Dispose() => _pool.Dispose();
}
