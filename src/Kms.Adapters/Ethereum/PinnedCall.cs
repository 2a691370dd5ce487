using System.Text.Json;
using Kms.Core.Primitives;

namespace Kms.Adapters.Ethereum;

/// <summary>A read that takes a block as its last parameter.</summary>
/// <param name="WriteParams">Writes the parameters before the block.</param>
internal sealed record PinnedCall(string Method, Action<Utf8JsonWriter> WriteParams)
{
    public static PinnedCall EthCall(WalletAddress to, byte[] data) => new("eth_call", json =>
    {
        json.WriteStartObject();
        json.WriteString("to"u8, to.ToString());
        json.WriteString("data"u8, Hex.Encode(data));
        json.WriteEndObject();
    });

    public static PinnedCall StorageRoot(WalletAddress account) => new("eth_getProof", json =>
    {
        json.WriteStringValue(account.ToString());
        json.WriteStartArray();
        json.WriteEndArray();
    });

    public RpcCall AtLatest() => new(Method, json =>
    {
        WriteParams(json);
        json.WriteStringValue("latest");
    });

    public RpcCall AtNumber(ulong number) => new(Method, json =>
    {
        WriteParams(json);
        json.WriteStringValue(RpcJson.Quantity(number));
    });

    /// <summary>EIP-1898.</summary>
    public RpcCall AtHash(Bytes32 hash) => new(Method, json =>
    {
        WriteParams(json);
        json.WriteStartObject();
        json.WriteString("blockHash"u8, hash.ToString());
        json.WriteBoolean("requireCanonical"u8, true);
        json.WriteEndObject();
    });
}
