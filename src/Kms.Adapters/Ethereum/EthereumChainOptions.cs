using System.Numerics;
using Kms.Core;
using Kms.Core.Ports;

namespace Kms.Adapters.Ethereum;

/// <summary>Where the chain is and how it is read.</summary>
/// <param name="RpcUrls">At least one; the next is tried after one failed. All must serve <see cref="ChainIdentity.ChainId"/>.</param>
/// <param name="Identity">Expected chain id and the KMSRegistry proxy.</param>
/// <param name="Finality">Depth or tag of the final view.</param>
public sealed record EthereumChainOptions(IReadOnlyList<Uri> RpcUrls, ChainIdentity Identity, FinalityRule Finality)
{
    private static readonly BigInteger Gwei = 1_000_000_000;

    /// <summary>HTTP proxy for the RPC, when it is not on loopback; null for a direct connection.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>For each HTTP request.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(Limits.ChainTimeoutMs);

    /// <summary>Wei; the network's suggestion is cut to it.</summary>
    public BigInteger MaxPriorityFeePerGas { get; init; } = 10 * Gwei;

    /// <summary>Wei; while the base fee is above it, no transaction is prepared.</summary>
    public BigInteger MaxFeePerGas { get; init; } = 500 * Gwei;
}
