using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Core.Supervision;

namespace Kms.Core.Node.Chain;

/// <summary>The chain port, each call bounded by <see cref="Limits.ChainTimeoutMs"/> on the node's own clock. No answer, none in time and an exception are no evidence.</summary>
internal sealed class BoundedChain(IChain chain, PortGuard guard) : IChain
{
    public ChainIdentity Identity => chain.Identity;

    public Task<Result<BlockRef, ChainFailure>> GetHeadAsync(Finality finality, CancellationToken cancel) =>
        RunAsync(token => chain.GetHeadAsync(finality, token), cancel);

    public Task<Result<BlockRef, ChainFailure>> GetBlockAsync(ulong number, CancellationToken cancel) =>
        RunAsync(token => chain.GetBlockAsync(number, token), cancel);

    public Task<Result<RegistrySnapshot, ChainFailure>> ReadRegistryAsync(BlockRef at, WalletAddress self, CancellationToken cancel) =>
        RunAsync(token => chain.ReadRegistryAsync(at, self, token), cancel);

    public Task<Result<WalletFacts, ChainFailure>> ReadWalletAsync(BlockRef at, WalletAddress wallet, CancellationToken cancel) =>
        RunAsync(token => chain.ReadWalletAsync(at, wallet, token), cancel);

    public Task<Result<Bytes32, ChainFailure>> ReadAppRegistryRootAsync(BlockRef at, CancellationToken cancel) =>
        RunAsync(token => chain.ReadAppRegistryRootAsync(at, token), cancel);

    public Task<Result<UnsignedTransaction, ChainFailure>> PrepareAsync(
        RegistryCall call, WalletAddress from, IReadOnlyList<UnsignedTransaction> underWay, CancellationToken cancel) =>
        RunAsync(token => chain.PrepareAsync(call, from, underWay, token), cancel);

    public Task<Result<Bytes32, ChainFailure>> SubmitAsync(ReadOnlyMemory<byte> signedTransaction, CancellationToken cancel) =>
        RunAsync(token => chain.SubmitAsync(signedTransaction, token), cancel);

    public Task<Result<TransactionReceipt?, ChainFailure>> FindReceiptAsync(Bytes32 transactionHash, CancellationToken cancel) =>
        RunAsync(token => chain.FindReceiptAsync(transactionHash, token), cancel);

    private Task<Result<T, ChainFailure>> RunAsync<T>(Func<CancellationToken, Task<Result<T, ChainFailure>>> call, CancellationToken cancel) =>
        guard.RunAsync(
            WorkUnit.ChainPort, Limits.ChainTimeoutMs, call, why => Result<T, ChainFailure>.Fail(ChainFailure.Unavailable, why), cancel);
}
