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
    ReadOnlyMemory<byte> Data);
