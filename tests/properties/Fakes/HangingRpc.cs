using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Properties.Fakes;

/// <summary>One node's way to the chain: while it hangs, no call comes back before its caller gives up.</summary>
internal sealed class HangingRpc(IChain chain) : IChain
{
    public bool Hangs { get; set; }

    /// <summary>Calls that began while it hung.</summary>
    public int Hanging { get; private set; }

    public ChainIdentity Identity => chain.Identity;

    public Task<Result<BlockRef, ChainFailure>> GetHeadAsync(Finality finality, CancellationToken cancel) =>
        AskAsync(() => chain.GetHeadAsync(finality, cancel), cancel);

    public Task<Result<BlockRef, ChainFailure>> GetBlockAsync(ulong number, CancellationToken cancel) =>
        AskAsync(() => chain.GetBlockAsync(number, cancel), cancel);

    public Task<Result<RegistrySnapshot, ChainFailure>> ReadRegistryAsync(BlockRef at, WalletAddress self, CancellationToken cancel) =>
        AskAsync(() => chain.ReadRegistryAsync(at, self, cancel), cancel);

    public Task<Result<WalletFacts, ChainFailure>> ReadWalletAsync(BlockRef at, WalletAddress wallet, CancellationToken cancel) =>
        AskAsync(() => chain.ReadWalletAsync(at, wallet, cancel), cancel);

    public Task<Result<Bytes32, ChainFailure>> ReadAppRegistryRootAsync(BlockRef at, CancellationToken cancel) =>
        AskAsync(() => chain.ReadAppRegistryRootAsync(at, cancel), cancel);

    public Task<Result<UnsignedTransaction, ChainFailure>> PrepareAsync(
        RegistryCall call, WalletAddress from, IReadOnlyList<UnsignedTransaction> underWay, CancellationToken cancel) =>
        AskAsync(() => chain.PrepareAsync(call, from, underWay, cancel), cancel);

    public Task<Result<Bytes32, ChainFailure>> SubmitAsync(ReadOnlyMemory<byte> signedTransaction, CancellationToken cancel) =>
        AskAsync(() => chain.SubmitAsync(signedTransaction, cancel), cancel);

    public Task<Result<TransactionReceipt?, ChainFailure>> FindReceiptAsync(Bytes32 transactionHash, CancellationToken cancel) =>
        AskAsync(() => chain.FindReceiptAsync(transactionHash, cancel), cancel);

    private async Task<T> AskAsync<T>(Func<Task<T>> call, CancellationToken cancel)
    {
        if (Hangs)
        {
            Hanging++;
            var gaveUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registered = cancel.Register(gaveUp.SetResult);
            await gaveUp.Task;
        }

        return await call();
    }
}
