using System.Numerics;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Chain;

/// <summary>A node's view of the chain: each call goes to one of its endpoints, which may be behind, forked or silent.</summary>
internal sealed class SimChain(ChainIdentity identity, SimLedger ledger, IReadOnlyList<RpcEndpoint> endpoints, int finalityDepth, NodeLife life, SimRandom random) : IChain
{
    public ChainIdentity Identity { get; } = identity;

    public Task<ChainResult<BlockRef>> GetHeadAsync(Finality finality, CancellationToken cancel) =>
        Call(endpoint => ChainResult<BlockRef>.Ok(endpoint.HeadAt(finality == Finality.Final ? finalityDepth : 0)), cancel);

    public Task<ChainResult<BlockRef>> GetBlockAsync(ulong number, CancellationToken cancel) =>
        Call(endpoint => endpoint.Find(number) is { } block ? ChainResult<BlockRef>.Ok(block.Ref) : NotFound<BlockRef>(), cancel);

    public Task<ChainResult<RegistrySnapshot>> ReadRegistryAsync(BlockRef at, WalletAddress self, CancellationToken cancel) =>
        ReadAt(at, block => block.State.Snapshot(at, self), cancel);

    public Task<ChainResult<WalletFacts>> ReadWalletAsync(BlockRef at, WalletAddress wallet, CancellationToken cancel) =>
        ReadAt(at, block => block.State.Facts(at, wallet), cancel);

    public Task<ChainResult<Bytes32>> ReadAppRegistryRootAsync(BlockRef at, CancellationToken cancel) =>
        ReadAt(at, block => block.State.Apps.Root, cancel);

    public Task<ChainResult<UnsignedTransaction>> PrepareAsync(
        RegistryCall call, WalletAddress from, IReadOnlyList<UnsignedTransaction> underWay, CancellationToken cancel) =>
        Call(endpoint => Prepare(endpoint, call, from, underWay), cancel);

    public Task<ChainResult<Bytes32>> SubmitAsync(ReadOnlyMemory<byte> signedTransaction, CancellationToken cancel)
    {
        var bytes = signedTransaction.ToArray();
        return Call(
            _ =>
            {
                var transaction = SimTransaction.Parse(bytes);
                ledger.Submit(transaction);
                return ChainResult<Bytes32>.Ok(transaction.Hash);
            },
            cancel);
    }

    public Task<ChainResult<TransactionReceipt?>> FindReceiptAsync(Bytes32 transactionHash, CancellationToken cancel) =>
        Call(endpoint => ChainResult<TransactionReceipt?>.Ok(FindReceipt(endpoint, transactionHash)), cancel);

    private static ChainResult<T> NotFound<T>() => ChainResult<T>.Fail(ChainFailure.Unavailable, "not found");

    /// <summary>From the block that this endpoint has at the height, if it has it.</summary>
    private TransactionReceipt? FindReceipt(RpcEndpoint endpoint, Bytes32 hash) =>
        ledger.BlocksOf(hash).FirstOrDefault(block => ReferenceEquals(endpoint.Find(block.Number), block))?.FindReceipt(hash);

    private ChainResult<UnsignedTransaction> Prepare(RpcEndpoint endpoint, RegistryCall call, WalletAddress from, IReadOnlyList<UnsignedTransaction> underWay)
    {
        if (!ledger.IsFunded(from))
        {
            return ChainResult<UnsignedTransaction>.Fail(ChainFailure.Unfunded, "insufficient funds");
        }

        var head = endpoint.Head;
        var data = SimTransaction.Encode(call);
        SimCall sent = call switch
        {
            RegistryCall.Propose propose => new SimCall.Propose(propose.Hash),
            RegistryCall.Confirm confirm => new SimCall.Confirm(confirm.ProposalId, confirm.Hash),
            RegistryCall.SyncOperator sync => new SimCall.SyncOperator(sync.Wallet),
            _ => throw new InvalidOperationException($"no such call: {call}"),
        };
        var (_, revert) = ContractMachine.Apply(head.State, sent, from, head.Number + 1, head.Ref.TimestampSeconds + 1);
        if (revert != SimRevert.None)
        {
            return ChainResult<UnsignedTransaction>.Fail(ChainFailure.Rejected, revert.ToString());
        }

        ulong nonce = head.Nonces.GetValueOrDefault(from);
        var (priority, fee) = UnsignedTransaction.FeesToReplace(underWay, nonce);
        return ChainResult<UnsignedTransaction>.Ok(new UnsignedTransaction(
            Identity.ChainId, nonce, BigInteger.Max(priority, BigInteger.One), BigInteger.Max(fee, BigInteger.One), 300_000, Identity.KmsRegistry,
            BigInteger.Zero, data));
    }

    private Task<ChainResult<T>> ReadAt<T>(BlockRef at, Func<SimBlock, T> read, CancellationToken cancel) =>
        Call(
            endpoint => endpoint.Find(at.Number) is not { } block ? NotFound<T>()
                : block.Ref.Hash != at.Hash ? ChainResult<T>.Fail(ChainFailure.Reorged, "another block at the height")
                : ChainResult<T>.Ok(read(block)),
            cancel);

    private Task<ChainResult<T>> Call<T>(Func<RpcEndpoint, ChainResult<T>> answer, CancellationToken cancel)
    {
        var endpoint = random.Pick(endpoints);
        return life.CallAsync(
            endpoint.Latency(random),
            () => endpoint.IsDown ? ChainResult<T>.Fail(ChainFailure.Unavailable, "no answer") : answer(endpoint),
            cancel);
    }
}
