using System.Globalization;
using System.Numerics;
using Kms.Core;
using Kms.Core.Json;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Adapters.Ethereum;

/// <summary>Builds, submits and follows the node's transactions.</summary>
internal sealed class TransactionSender(RpcPool pool, EthereumChainOptions options)
{
    private const int FeeHistoryBlocks = 5;
    private static readonly int[] MedianPercentile = [50];

    public async Task<Result<UnsignedTransaction, ChainFailure>> PrepareAsync(
        RegistryCall call, WalletAddress from, IReadOnlyList<UnsignedTransaction> underWay, CancellationToken cancel)
    {
        var data = AbiCalls.Transaction(call);
        var endpoint = pool.Current;
        var transaction = new { from = from.ToString(), to = options.Identity.KmsRegistry.ToString(), data = Hex.Encode(data) };

        // At the latest block: else some RPCs estimate on top of their mempool, where another node's pending proposal makes ours look
        // refused, and light clients know no pending one. What is under way of ours is in the caller's hand.
        List<RpcCall> calls =
        [
            // An estimate may be of a run that reverted: only this one tells.
            new RpcCall("eth_call", transaction, "latest"),
            new RpcCall("eth_estimateGas", transaction, "latest"),
            new RpcCall("eth_getTransactionCount", from.ToString(), "latest"),
            new RpcCall("eth_getBalance", from.ToString(), "latest"),
            PinnedCall.EthCall(options.Identity.KmsRegistry, AbiCalls.ConfirmationTarget()).AtLatest(),
            new RpcCall("eth_maxPriorityFeePerGas"),
            HeadReader.Tagged("latest"),
        ];
        if (endpoint.ServesFeeHistory)
        {
            calls.Add(new RpcCall("eth_feeHistory", RpcJson.Quantity(FeeHistoryBlocks), "latest", MedianPercentile));
        }

        var sent = await pool.SendAsync(endpoint, calls, cancel);
        if (!sent.TryGet(out var answers))
        {
            return sent.As<UnsignedTransaction>();
        }

        var history = endpoint.ServesFeeHistory ? answers[7] : new RpcAnswer(JsonValue.Absent, null);
        endpoint.ServesFeeHistory &= history.Error is not { IsUnsupported: true };
        if (answers[0].Error is { } reverted)
        {
            return Fail<UnsignedTransaction>(reverted, "eth_call", from);
        }

        if (answers[1].Error is { } refused)
        {
            return Fail<UnsignedTransaction>(refused, "eth_estimateGas", from);
        }

        if (!RpcJson.TryUInt64(answers[1].Result, out ulong estimate)
            || !RpcJson.TryUInt64(answers[2].Result, out ulong nonce)
            || !RpcJson.TryQuantity(answers[3].Result, out var balance)
            || !RpcJson.TryData(answers[4].Result, out byte[] word) || !AbiAnswers.TryConfirmationTarget(word, out uint target)
            || NetworkFees.From(answers[5], answers[6], history) is not { } fees)
        {
            return Result<UnsignedTransaction, ChainFailure>.Fail(ChainFailure.Unavailable, "the RPC does not answer what a transaction needs");
        }

        if (estimate > Limits.MaxTransactionGas)
        {
            return Result<UnsignedTransaction, ChainFailure>.Fail(ChainFailure.Unavailable, string.Create(CultureInfo.InvariantCulture, $"it would take {estimate} gas"));
        }

        ulong gas = Math.Min(estimate + GasMargin.Of(call, target), (ulong)Limits.MaxTransactionGas);
        return Price(new UnsignedTransaction(
            options.Identity.ChainId, nonce, BigInteger.Zero, BigInteger.Zero, gas, options.Identity.KmsRegistry, BigInteger.Zero, data), from, fees, balance, underWay);
    }

    public async Task<Result<Bytes32, ChainFailure>> SubmitAsync(ReadOnlyMemory<byte> signedTransaction, CancellationToken cancel)
    {
        var hash = DynamicFeeTransaction.Hash(signedTransaction.Span);
        var sent = await pool.SendAsync(
            [
                new RpcCall("eth_sendRawTransaction", Hex.Encode(signedTransaction.Span)),
                new RpcCall("eth_getTransactionByHash", hash.ToString()),
            ],
            cancel);
        if (!sent.TryGet(out var answers))
        {
            return sent.As<Bytes32>();
        }

        // A second submission is refused in as many words as there are nodes; that the transaction is known is what counts. A
        // light client cannot show one that is in no block.
        bool known = answers[0].Error is { IsKnownTransaction: true }
            || (answers[1].Error is null && RpcJson.TryHash(answers[1].Result["hash"], out var same) && same == hash);
        if (answers[0].Error is { } error && !known)
        {
            return Fail<Bytes32>(error, "eth_sendRawTransaction", options.Identity.KmsRegistry);
        }

        return known || (RpcJson.TryHash(answers[0].Result, out var accepted) && accepted == hash)
            ? Result<Bytes32, ChainFailure>.Ok(hash)
            : Result<Bytes32, ChainFailure>.Fail(ChainFailure.Unavailable, "eth_sendRawTransaction: answered another hash");
    }

    public async Task<Result<TransactionReceipt?, ChainFailure>> FindReceiptAsync(Bytes32 transactionHash, CancellationToken cancel)
    {
        var sent = await pool.SendAsync([new RpcCall("eth_getTransactionReceipt", transactionHash.ToString())], cancel);
        if (!sent.TryGet(out var answers))
        {
            return sent.As<TransactionReceipt?>();
        }

        var (result, error) = answers[0];
        if (error is { IsNoReceipt: true })
        {
            return Result<TransactionReceipt?, ChainFailure>.Ok(null);
        }

        if (error is not null)
        {
            return Result<TransactionReceipt?, ChainFailure>.Fail(ChainFailure.Unavailable, $"eth_getTransactionReceipt: {error}");
        }

        if (result.Kind == JsonKind.Null)
        {
            return Result<TransactionReceipt?, ChainFailure>.Ok(null);
        }

        return RpcJson.TryHash(result["transactionHash"], out var hash) && hash == transactionHash
            && RpcJson.TryUInt64(result["blockNumber"], out ulong number)
            && RpcJson.TryHash(result["blockHash"], out var block)
            && RpcJson.TryUInt64(result["status"], out ulong status) && status <= 1
            ? Result<TransactionReceipt?, ChainFailure>.Ok(new TransactionReceipt(hash, number, block, status == 1))
            : Result<TransactionReceipt?, ChainFailure>.Fail(ChainFailure.Unavailable, "eth_getTransactionReceipt: malformed");
    }

    private Result<UnsignedTransaction, ChainFailure> Price(
        UnsignedTransaction unpriced, WalletAddress from, NetworkFees fees, BigInteger balance, IReadOnlyList<UnsignedTransaction> underWay)
    {
        var (leastPriority, leastFee) = UnsignedTransaction.FeesToReplace(underWay, unpriced.Nonce);
        var priority = BigInteger.Max(BigInteger.Min(fees.PriorityFee, options.MaxPriorityFeePerGas), leastPriority);
        if (leastPriority > options.MaxPriorityFeePerGas || leastFee > options.MaxFeePerGas)
        {
            return Result<UnsignedTransaction, ChainFailure>.Fail(ChainFailure.Unavailable, "the transaction under way pays all that the configured limits allow");
        }

        if (fees.BaseFee + priority > options.MaxFeePerGas)
        {
            return Result<UnsignedTransaction, ChainFailure>.Fail(ChainFailure.Unavailable, $"the base fee of {fees.BaseFee} wei is above the configured limit");
        }

        // Twice the base fee survives six full blocks (EIP-1559: at most an eighth more each), five from the newest block's on.
        var maxFee = BigInteger.Max(BigInteger.Min((fees.BaseFee * 2) + priority, options.MaxFeePerGas), leastFee);
        return balance < maxFee * unpriced.GasLimit
            ? Result<UnsignedTransaction, ChainFailure>.Fail(ChainFailure.Unfunded, $"{from} holds {balance} wei of {maxFee * unpriced.GasLimit} needed")
            : Result<UnsignedTransaction, ChainFailure>.Ok(unpriced with { MaxPriorityFeePerGas = priority, MaxFeePerGas = maxFee });
    }

    private static Result<T, ChainFailure> Fail<T>(RpcError error, string method, WalletAddress account)
    {
        if (error.IsUnfunded)
        {
            return Result<T, ChainFailure>.Fail(ChainFailure.Unfunded, $"{method}: {account}: {error}");
        }

        if (error.IsUnderpriced)
        {
            return Result<T, ChainFailure>.Fail(ChainFailure.Underpriced, $"{method}: {error}");
        }

        // Only an error that the registry itself names is its word. A reset connection, a rate limit, a gas cap or a revert
        // without data says nothing about the call.
        return RevertReason.IsRefusal(error.Data.Span)
            ? Result<T, ChainFailure>.Fail(ChainFailure.Rejected, $"{method}: {RevertReason.Describe(error.Data.Span)}")
            : Result<T, ChainFailure>.Fail(ChainFailure.Unavailable, error.Data.IsEmpty ? $"{method}: {error}" : $"{method}: {RevertReason.Describe(error.Data.Span)}");
    }
}
