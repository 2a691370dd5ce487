using Kms.Core.Primitives;

namespace Kms.Adapters.Ethereum;

/// <summary>A read that takes a block as its last parameter.</summary>
/// <param name="Params">Those before the block.</param>
internal sealed record PinnedCall(string Method, params object[] Params)
{
    public static PinnedCall EthCall(WalletAddress to, byte[] data) => new("eth_call", new { to = to.ToString(), data = Hex.Encode(data) });

    public static PinnedCall StorageRoot(WalletAddress account) => new("eth_getProof", account.ToString(), Array.Empty<string>());

    public RpcCall AtLatest() => At("latest");

    public RpcCall AtNumber(ulong number) => At(RpcJson.Quantity(number));

    /// <summary>EIP-1898.</summary>
    public RpcCall AtHash(Bytes32 hash) => At(new { blockHash = hash.ToString(), requireCanonical = true });

    private RpcCall At(object block) => new(Method, [.. Params, block]);
}
