using System.Numerics;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Chain;

/// <summary>A node's view of the chain: each call goes to one of its endpoints, which may be behind, forked or silent.</summary>
/// <param name="occurred">Told of what an endpoint did beside showing the chain.</param>
internal sealed class SimChain(
    ChainIdentity identity,
    SimLedger ledger,
    IReadOnlyList<SimRpcEndpoint> endpoints,
    int finalityDepth,
    NodeLife life,
    PortTrouble trouble,
    SimRandom random,
    Action<string> occurred) : IChain
{
    public ChainIdentity Identity { get; } = identity;

    public Task<Result<BlockRef, ChainFailure>> GetHeadAsync(Finality finality, CancellationToken cancel) =>
        Call(
            endpoint => endpoint.IsOutOfSync
                ? OutOfSync<BlockRef>()
                : Result<BlockRef, ChainFailure>.Ok(finality == Finality.Final ? endpoint.FinalAt(finalityDepth) : endpoint.HeadAt(0)),
            cancel);

    public Task<Result<BlockRef, ChainFailure>> GetBlockAsync(ulong number, CancellationToken cancel) =>
        Call(endpoint => endpoint.Find(number) is { } block ? Result<BlockRef, ChainFailure>.Ok(block.Ref) : NotFound<BlockRef>(), cancel);

    public Task<Result<RegistrySnapshot, ChainFailure>> ReadRegistryAsync(BlockRef at, WalletAddress self, CancellationToken cancel) =>
        ReadAt(at, (endpoint, block) => endpoint.IsZeroed ? Zeroed(block.State.Snapshot(at, self)) : block.State.Snapshot(at, self), cancel);

    public Task<Result<WalletFacts, ChainFailure>> ReadWalletAsync(BlockRef at, WalletAddress wallet, CancellationToken cancel) =>
        ReadAt(at, (endpoint, block) => endpoint.IsZeroed ? new WalletFacts(at, wallet, null, null, null) : block.State.Facts(at, wallet), cancel);

    public Task<Result<Bytes32, ChainFailure>> ReadAppRegistryRootAsync(BlockRef at, CancellationToken cancel) =>
        ReadAt(
            at,
            (endpoint, block) => endpoint.IsLight && !ReferenceEquals(block, endpoint.Head)
                ? TooOldToProve()
                : Result<Bytes32, ChainFailure>.Ok(endpoint.IsZeroed ? Bytes32.Zero : block.State.Apps.Root),
            cancel);

    public Task<Result<UnsignedTransaction, ChainFailure>> PrepareAsync(
        RegistryCall call, WalletAddress from, IReadOnlyList<UnsignedTransaction> underWay, CancellationToken cancel) =>
        Call(endpoint => Prepare(endpoint, call, from, underWay), cancel);

    public Task<Result<Bytes32, ChainFailure>> SubmitAsync(ReadOnlyMemory<byte> signedTransaction, CancellationToken cancel)
    {
        var bytes = signedTransaction.ToArray();
        return Call(
            endpoint =>
            {
                var transaction = SimTransaction.Parse(bytes);
                if (endpoint.Swallows)
                {
                    occurred("transaction swallowed");
                }
                else if (!ledger.Submit(transaction))
                {
                    occurred("transaction underpriced");
                    return Result<Bytes32, ChainFailure>.Fail(ChainFailure.Underpriced, "replacement transaction underpriced");
                }

                return Result<Bytes32, ChainFailure>.Ok(transaction.Hash);
            },
            cancel);
    }

    public Task<Result<TransactionReceipt?, ChainFailure>> FindReceiptAsync(Bytes32 transactionHash, CancellationToken cancel) =>
        Call(endpoint => Result<TransactionReceipt?, ChainFailure>.Ok(FindReceipt(endpoint, transactionHash)), cancel);

    private Result<T, ChainFailure> OutOfSync<T>()
    {
        occurred("out of sync");
        return Result<T, ChainFailure>.Fail(ChainFailure.Unavailable, "out of sync");
    }

    private Result<Bytes32, ChainFailure> TooOldToProve()
    {
        occurred("old proof refused");
        return Result<Bytes32, ChainFailure>.Fail(ChainFailure.Unsupported, "distance to target block exceeds maximum proof window");
    }

    private static Result<T, ChainFailure> NotFound<T>() => Result<T, ChainFailure>.Fail(ChainFailure.Unavailable, "not found");

    /// <summary>From the block that this endpoint has at the height, if it has it.</summary>
    private TransactionReceipt? FindReceipt(SimRpcEndpoint endpoint, Bytes32 hash)
    {
        var receipt = ledger.BlocksOf(hash).FirstOrDefault(block => ReferenceEquals(endpoint.Find(block.Number), block))?.FindReceipt(hash);
        if (receipt is not null && endpoint.DeniesReceipts)
        {
            occurred("receipt denied");
            return null;
        }

        return receipt;
    }

    /// <summary>What unknown ids give: records full of zeros, which are no records.</summary>
    private RegistrySnapshot Zeroed(RegistrySnapshot shown)
    {
        occurred("registry zeroed");
        return shown with { App = null, Operators = [.. shown.Operators.Select(one => new OperatorRecord(one.Wallet, null, null))] };
    }

    private Result<UnsignedTransaction, ChainFailure> Prepare(SimRpcEndpoint endpoint, RegistryCall call, WalletAddress from, IReadOnlyList<UnsignedTransaction> underWay)
    {
        if (endpoint.RefusesEstimates)
        {
            occurred("estimate refused");
            return Result<UnsignedTransaction, ChainFailure>.Fail(ChainFailure.Unavailable, "execution reverted");
        }

        if (endpoint.IsOutOfSync)
        {
            return OutOfSync<UnsignedTransaction>();
        }

        if (!ledger.IsFunded(from))
        {
            return Result<UnsignedTransaction, ChainFailure>.Fail(ChainFailure.Unfunded, "insufficient funds");
        }

        var head = endpoint.Head;
        var data = SimTransaction.Encode(call);
        SimCall sent = call switch
        {
            RegistryCall.Propose propose => new SimCall.Propose(propose.Hash, propose.Epoch.Value),
            RegistryCall.Confirm confirm => new SimCall.Confirm(confirm.ProposalId, confirm.Hash),
            RegistryCall.SyncOperator sync => new SimCall.SyncOperator(sync.Wallet),
            _ => throw new InvalidOperationException($"no such call: {call}"),
        };
        var (_, revert) = ContractMachine.Apply(head.State, sent, from, head.Number + 1, head.Ref.TimestampSeconds + 1);
        if (revert != SimRevert.None && endpoint.IsLight)
        {
            occurred("revert without a reason");
            return Result<UnsignedTransaction, ChainFailure>.Fail(ChainFailure.Unavailable, "execution reverted");
        }

        if (revert != SimRevert.None)
        {
            return Result<UnsignedTransaction, ChainFailure>.Fail(ChainFailure.Rejected, revert.ToString());
        }

        ulong nonce = head.Nonces.GetValueOrDefault(from);
        var (priority, fee) = UnsignedTransaction.FeesToReplace(underWay, nonce);
        return Result<UnsignedTransaction, ChainFailure>.Ok(new UnsignedTransaction(
            Identity.ChainId, nonce, BigInteger.Max(priority, BigInteger.One), BigInteger.Max(fee, BigInteger.One), 300_000, Identity.KmsRegistry,
            BigInteger.Zero, data));
    }

    private Task<Result<T, ChainFailure>> ReadAt<T>(BlockRef at, Func<SimRpcEndpoint, SimBlock, T> read, CancellationToken cancel) =>
        ReadAt(at, (endpoint, block) => Result<T, ChainFailure>.Ok(read(endpoint, block)), cancel);

    private Task<Result<T, ChainFailure>> ReadAt<T>(BlockRef at, Func<SimRpcEndpoint, SimBlock, Result<T, ChainFailure>> read, CancellationToken cancel) =>
        Call(
            endpoint => endpoint.Find(at.Number) is not { } block ? NotFound<T>()
                : block.Ref.Hash != at.Hash ? Result<T, ChainFailure>.Fail(ChainFailure.Reorged, "another block at the height")
                : read(endpoint, block),
            cancel);

    private Task<Result<T, ChainFailure>> Call<T>(Func<SimRpcEndpoint, Result<T, ChainFailure>> answer, CancellationToken cancel)
    {
        if (trouble.IsDue(nameof(IChain)))
        {
            return trouble.ThrowAsync<Result<T, ChainFailure>>(nameof(IChain), cancel);
        }

        var endpoint = random.Pick(endpoints);
        if (endpoint.ErrorPercent > 0 && random.Below(100) < endpoint.ErrorPercent)
        {
            return ErrAsync(endpoint, answer, cancel);
        }

        return life.CallAsync(
            endpoint.Latency(random),
            () => endpoint.IsDown ? Result<T, ChainFailure>.Fail(ChainFailure.Unavailable, "no answer") : answer(endpoint),
            cancel);
    }

    /// <summary>A rate limit at once, no answer at all, or an error after the work was done: a transaction that "failed" is in the pool.</summary>
    private Task<Result<T, ChainFailure>> ErrAsync<T>(SimRpcEndpoint endpoint, Func<SimRpcEndpoint, Result<T, ChainFailure>> answer, CancellationToken cancel)
    {
        switch (random.Below(3))
        {
            case 0:
                occurred("RPC rate limit");
                return life.CallAsync(endpoint.Latency(random), () => Result<T, ChainFailure>.Fail(ChainFailure.Unavailable, "-32005 rate limit"), cancel);
            case 1:
                occurred("RPC timeout");
                return life.HangAsync<Result<T, ChainFailure>>(cancel);
            default:
                occurred("RPC error after the fact");
                return life.CallAsync(
                    endpoint.Latency(random),
                    () =>
                    {
                        answer(endpoint);
                        return Result<T, ChainFailure>.Fail(ChainFailure.Unavailable, "-32603 internal error");
                    },
                    cancel);
        }
    }
}
