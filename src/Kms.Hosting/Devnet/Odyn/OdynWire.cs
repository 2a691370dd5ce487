using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Kms.Hosting.Devnet.Odyn;

/// <summary>The JSON shapes of Odyn's internal API.</summary>
internal static class OdynWire
{
    internal sealed record SignRequest(
        [property: JsonPropertyName("message")] string? Message,
        [property: JsonPropertyName("include_attestation")] bool IncludeAttestation);

    internal sealed record SignTransactionRequest(
        [property: JsonPropertyName("payload")] TransactionPayload? Payload,
        [property: JsonPropertyName("include_attestation")] bool IncludeAttestation);

    /// <summary>Either <c>structured</c> (all but the last) or <c>raw_rlp</c> (the last).</summary>
    internal sealed record TransactionPayload(
        [property: JsonPropertyName("kind")] string? Kind,
        [property: JsonPropertyName("chain_id")] string? ChainId,
        [property: JsonPropertyName("nonce")] string? Nonce,
        [property: JsonPropertyName("max_priority_fee_per_gas")] string? MaxPriorityFeePerGas,
        [property: JsonPropertyName("max_fee_per_gas")] string? MaxFeePerGas,
        [property: JsonPropertyName("gas_limit")] string? GasLimit,
        [property: JsonPropertyName("to")] string? To,
        [property: JsonPropertyName("value")] string? Value,
        [property: JsonPropertyName("data")] string? Data,
        [property: JsonPropertyName("access_list")] IReadOnlyList<AccessEntry>? AccessList,
        [property: JsonPropertyName("raw_payload")] string? RawPayload);

    internal sealed record AccessEntry(
        [property: JsonPropertyName("address")] string? Address,
        [property: JsonPropertyName("storage_keys")] IReadOnlyList<string>? StorageKeys);

    /// <param name="UserData">Base64 text (as documented), or a JSON object into which Odyn writes <c>eth_addr</c> (newer builds).</param>
    internal sealed record AttestationBody(
        [property: JsonPropertyName("nonce")] string? Nonce,
        [property: JsonPropertyName("public_key")] string? PublicKey,
        [property: JsonPropertyName("user_data")] JsonNode? UserData);

    internal sealed record DecryptRequest(
        [property: JsonPropertyName("nonce")] string? Nonce,
        [property: JsonPropertyName("client_public_key")] string? ClientPublicKey,
        [property: JsonPropertyName("encrypted_data")] string? EncryptedData);

    internal sealed record EncryptRequest(
        [property: JsonPropertyName("plaintext")] string? Plaintext,
        [property: JsonPropertyName("client_public_key")] string? ClientPublicKey);

    internal sealed record ObjectRequest(
        [property: JsonPropertyName("key")] string? Key,
        [property: JsonPropertyName("value")] string? Value);

    internal sealed record ListRequest(
        [property: JsonPropertyName("prefix")] string? Prefix,
        [property: JsonPropertyName("continuation_token")] string? ContinuationToken,
        [property: JsonPropertyName("max_keys")] int? MaxKeys);
}
