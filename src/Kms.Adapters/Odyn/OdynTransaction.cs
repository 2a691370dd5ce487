using System.Text.Json;
using Kms.Adapters.Ethereum;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Adapters.Odyn;

/// <summary>The structured payload of <c>/v1/eth/sign-tx</c> and the check of what comes back.</summary>
internal static class OdynTransaction
{
    public static void Write(Utf8JsonWriter json, UnsignedTransaction transaction)
    {
        json.WriteBoolean("include_attestation"u8, false);
        json.WriteStartObject("payload"u8);
        json.WriteString("kind"u8, "structured"u8);
        json.WriteString("chain_id"u8, RpcJson.Quantity(transaction.ChainId));
        json.WriteString("nonce"u8, RpcJson.Quantity(transaction.Nonce));
        json.WriteString("max_priority_fee_per_gas"u8, RpcJson.Quantity(transaction.MaxPriorityFeePerGas));
        json.WriteString("max_fee_per_gas"u8, RpcJson.Quantity(transaction.MaxFeePerGas));
        json.WriteString("gas_limit"u8, RpcJson.Quantity(transaction.GasLimit));
        json.WriteString("to"u8, transaction.To.ToString());
        json.WriteString("value"u8, RpcJson.Quantity(transaction.Value));
        json.WriteString("data"u8, Hex.Encode(transaction.Data.Span));
        json.WriteStartArray("access_list"u8);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>True when the bytes are exactly the asked transaction with a signature of the wallet.</summary>
    public static bool IsSignedBy(ReadOnlySpan<byte> raw, UnsignedTransaction asked, WalletAddress wallet) =>
        DynamicFeeTransaction.TryDecode(raw, out _, out var signature)
        && DynamicFeeTransaction.Encode(asked, signature).AsSpan().SequenceEqual(raw)
        && signature.TryRecoverDigest(DynamicFeeTransaction.SigningDigest(asked), out var signer)
        && signer == wallet;
}
