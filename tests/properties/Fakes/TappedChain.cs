using System.Runtime.CompilerServices;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Sim.Chain;

namespace Kms.Properties.Fakes;

/// <summary>A way to the chain that remembers what was asked, holds calls up, and changes what is read of wallets.</summary>
internal sealed class TappedChain(IChain chain, SimRpcEndpoint endpoint) : IChain
{
    private readonly Dictionary<string, int> _calls = [];

    public ChainIdentity Identity => chain.Identity;

    /// <summary>Where the calls end up.</summary>
    public SimRpcEndpoint Endpoint { get; } = endpoint;

    public bool ServesRoots { get; set; } = true;

    /// <summary>A call waits for what this returns for its name.</summary>
    public Func<string, Task>? Before { get; set; }

    /// <summary>Rewrites what is read of a wallet; the storage root stays true.</summary>
    public Func<WalletFacts, WalletFacts>? WalletLie { get; set; }

    /// <summary>Each transaction once, in the order of its first submission.</summary>
    public List<SimTransaction> Submitted { get; } = [];

    public HashSet<Bytes32> ReceiptsAskedFor { get; } = [];

    public int CallsOf(string name) => _calls.GetValueOrDefault(name);

    public Task<Result<BlockRef, ChainFailure>> GetHeadAsync(Finality finality, CancellationToken cancel) => AskAsync(() => chain.GetHeadAsync(finality, cancel));

    public Task<Result<BlockRef, ChainFailure>> GetBlockAsync(ulong number, CancellationToken cancel) => AskAsync(() => chain.GetBlockAsync(number, cancel));

    public Task<Result<RegistrySnapshot, ChainFailure>> ReadRegistryAsync(BlockRef at, WalletAddress self, CancellationToken cancel) =>
        AskAsync(() => chain.ReadRegistryAsync(at, self, cancel));

    public Task<Result<WalletFacts, ChainFailure>> ReadWalletAsync(BlockRef at, WalletAddress wallet, CancellationToken cancel) => AskAsync(async () =>
    {
        var read = await chain.ReadWalletAsync(at, wallet, cancel);
        return WalletLie is { } lie && read.TryGet(out var facts) ? Result<WalletFacts, ChainFailure>.Ok(lie(facts)) : read;
    });

    public Task<Result<Bytes32, ChainFailure>> ReadAppRegistryRootAsync(BlockRef at, CancellationToken cancel) => AskAsync(() => ServesRoots
        ? chain.ReadAppRegistryRootAsync(at, cancel)
        : Task.FromResult(Result<Bytes32, ChainFailure>.Fail(ChainFailure.Unsupported, "no proofs")));

    public Task<Result<UnsignedTransaction, ChainFailure>> PrepareAsync(
        RegistryCall call, WalletAddress from, IReadOnlyList<UnsignedTransaction> underWay, CancellationToken cancel) =>
        AskAsync(() => chain.PrepareAsync(call, from, underWay, cancel));

    public Task<Result<Bytes32, ChainFailure>> SubmitAsync(ReadOnlyMemory<byte> signedTransaction, CancellationToken cancel)
    {
        var transaction = SimTransaction.Parse(signedTransaction.Span);
        if (!Submitted.Exists(known => known.Hash == transaction.Hash))
        {
            Submitted.Add(transaction);
        }

        return AskAsync(() => chain.SubmitAsync(signedTransaction, cancel));
    }

    public Task<Result<TransactionReceipt?, ChainFailure>> FindReceiptAsync(Bytes32 transactionHash, CancellationToken cancel)
    {
        ReceiptsAskedFor.Add(transactionHash);
        return AskAsync(() => chain.FindReceiptAsync(transactionHash, cancel));
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> call, [CallerMemberName] string name = "")
    {
        _calls[name] = CallsOf(name) + 1;
        await (Before?.Invoke(name) ?? Task.CompletedTask);
        return await call();
    }
}
