using System.Numerics;
using Kms.Core.Primitives;

namespace Kms.Core.Ports;

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
