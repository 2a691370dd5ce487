using System.Numerics;
using Kms.Core.Json;

namespace Kms.Adapters.Ethereum;

/// <summary>What the network asks for gas now, in wei.</summary>
/// <param name="BaseFee">Of the next block where a fee history tells it, else of the newest.</param>
internal sealed record NetworkFees(BigInteger BaseFee, BigInteger PriorityFee)
{
    private static readonly BigInteger FallbackPriorityFee = 1_000_000_000;

    /// <param name="tip">The answer to <c>eth_maxPriorityFeePerGas</c>.</param>
    /// <param name="newest">The newest block.</param>
    /// <param name="history">The answer to <c>eth_feeHistory</c>; an error, or absent, where it is not served.</param>
    /// <returns>Null when no base fee is to be had.</returns>
    public static NetworkFees? From(RpcAnswer tip, RpcAnswer newest, RpcAnswer history)
    {
        bool hasTip = RpcJson.TryQuantity(tip.Result, out var suggested);
        if (TryHistory(history.Result, out var next, out var median))
        {
            return new NetworkFees(next, hasTip ? suggested : median ?? FallbackPriorityFee);
        }

        return RpcJson.TryQuantity(newest.Result["baseFeePerGas"], out var baseFee)
            ? new NetworkFees(baseFee, hasTip ? suggested : FallbackPriorityFee)
            : null;
    }

    /// <summary>The next block's base fee, and the median of the blocks' median tips where given.</summary>
    private static bool TryHistory(JsonValue history, out BigInteger baseFee, out BigInteger? medianReward)
    {
        baseFee = BigInteger.Zero;
        medianReward = null;
        if (history["baseFeePerGas"].Items is not { Count: > 0 } fees || !RpcJson.TryQuantity(fees[^1], out baseFee))
        {
            return false;
        }

        var tips = new List<BigInteger>();
        foreach (var block in history["reward"].Items ?? [])
        {
            if (block.Items is { Count: 1 } one && RpcJson.TryQuantity(one[0], out var tip))
            {
                tips.Add(tip);
            }
        }

        tips.Sort();
        medianReward = tips.Count > 0 ? tips[tips.Count / 2] : null;
        return true;
    }
}
