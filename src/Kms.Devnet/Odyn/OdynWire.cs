using Kms.Core.Json;

namespace Kms.Devnet.Odyn;

/// <summary>The JSON shapes of Odyn's internal API.</summary>
internal static class OdynWire
{
    internal sealed record SignRequest(string? Message, bool IncludeAttestation)
    {
        public static SignRequest Read(OdynBody body) => new(body.Text("message"), body.Flag("include_attestation"));
    }

    internal sealed record SignTransactionRequest(TransactionPayload? Payload, bool IncludeAttestation)
    {
        public static SignTransactionRequest Read(OdynBody body) =>
            new(body.Part("payload", TransactionPayload.Read), body.Flag("include_attestation"));
    }

    /// <summary>Either <c>structured</c> (all but the last) or <c>raw_rlp</c> (the last).</summary>
    internal sealed record TransactionPayload(
        string? Kind,
        string? ChainId,
        string? Nonce,
        string? MaxPriorityFeePerGas,
        string? MaxFeePerGas,
        string? GasLimit,
        string? To,
        string? Value,
        string? Data,
        IReadOnlyList<AccessEntry>? AccessList,
        string? RawPayload)
    {
        public static TransactionPayload Read(OdynBody body) => new(
            body.Text("kind"),
            body.Text("chain_id"),
            body.Text("nonce"),
            body.Text("max_priority_fee_per_gas"),
            body.Text("max_fee_per_gas"),
            body.Text("gas_limit"),
            body.Text("to"),
            body.Text("value"),
            body.Text("data"),
            body.Parts("access_list", AccessEntry.Read),
            body.Text("raw_payload"));
    }

    internal sealed record AccessEntry(string? Address, IReadOnlyList<string>? StorageKeys)
    {
        public static AccessEntry Read(OdynBody body) => new(body.Text("address"), body.Texts("storage_keys"));
    }

    /// <param name="UserData">An object, into which the wallet is written; anything else is refused.</param>
    internal sealed record AttestationBody(string? Nonce, string? PublicKey, JsonValue UserData)
    {
        public static AttestationBody Read(OdynBody body) => new(body.Text("nonce"), body.Text("public_key"), body.Any("user_data"));
    }

    internal sealed record DecryptRequest(string? Nonce, string? ClientPublicKey, string? EncryptedData)
    {
        public static DecryptRequest Read(OdynBody body) => new(body.Text("nonce"), body.Text("client_public_key"), body.Text("encrypted_data"));
    }

    internal sealed record EncryptRequest(string? Plaintext, string? ClientPublicKey)
    {
        public static EncryptRequest Read(OdynBody body) => new(body.Text("plaintext"), body.Text("client_public_key"));
    }

    internal sealed record ObjectRequest(string? Key, string? Value)
    {
        public static ObjectRequest Read(OdynBody body) => new(body.Text("key"), body.Text("value"));
    }

    internal sealed record ListRequest(string? Prefix, string? ContinuationToken, int? MaxKeys)
    {
        public static ListRequest Read(OdynBody body) => new(body.Text("prefix"), body.Text("continuation_token"), body.Integer("max_keys"));
    }
}
