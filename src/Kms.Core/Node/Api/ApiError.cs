using System.Buffers;
using System.Text.Json;
using Kms.Core.Node.Serving;

namespace Kms.Core.Node.Api;

/// <summary>Every error a caller can get, split by blame. Codes and statuses are in ApiErrors and docs/spec/errors.md.</summary>
internal enum ApiError
{
    // 400: the request is not what the route takes.
    BadRequest,
    BadTarget,
    RepeatedHeader,
    ContentEncoding,
    BadJson,
    BadField,
    BadEnvelope,
    EnvelopeUnreadable,
    LengthOutOfRange,
    PathEmpty,
    PathTooLong,
    ContextTooLong,
    KeyEmpty,
    KeyTooLong,
    TtlOutOfRange,
    UnknownEpoch,
    EpochRetired,
    BadSyncMessage,

    // 401: the proof is missing, malformed, stale, replayed, or for another recipient or request.
    ProofMissing,
    ProofMalformed,
    ProofVersion,
    NonceNotOurs,
    NonceExpired,
    NonceReplayed,
    TimestampStale,
    SignatureInvalid,
    WrongSigner,

    // 403: proven, but not allowed.
    UnknownWallet,
    InstanceNotActive,
    NotZkVerified,
    AppNotActive,
    VersionNotAllowed,
    TeeKeyMissing,
    SenderMismatch,
    NotAPeer,
    HandoverRefused,

    // 404, 405, 409, 413.
    UnknownRoute,
    NotFound,
    MethodNotAllowed,
    VersionConflict,
    BodyTooLarge,
    ValueTooLarge,

    // 429: try again after Retry-After.
    TooManyRequests,
    TooManyNonces,
    TooManyHandovers,

    // 500, 503: ours.
    InternalError,
    ValueCorrupt,
    NotReady,
    EpochUnavailable,

    // 507: no room. Nothing is ever evicted to make some.
    QuotaExceeded,
    StoreFull,
}

/// <summary>The wire form of every <see cref="ApiError"/>: stable code and HTTP status, listed in docs/spec/errors.md.</summary>
internal static class ApiErrors
{
    /// <summary>The snake_case code in <c>error.code</c>. Never changes once released.</summary>
    public static string CodeOf(ApiError error) => Describe(error).Code;

    /// <summary>The HTTP status.</summary>
    public static int StatusOf(ApiError error) => Describe(error).Status;

    /// <summary>The snake_case form of <see cref="NotReadyReason"/> in <c>error.reason</c> and <c>/status</c>.</summary>
    public static string ReasonCode(NotReadyReason reason) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());

    /// <summary>The Retry-After header in seconds: with every 429, and only there.</summary>
    public static int? RetryAfterSeconds(ApiError error) => error switch
    {
        ApiError.TooManyRequests => 1,
        ApiError.TooManyNonces => (int)(Limits.NonceLifeMs / 1000),
        ApiError.TooManyHandovers => 60,
        _ => null,
    };

    private static (string Code, int Status) Describe(ApiError error) => error switch
    {
        ApiError.BadRequest => ("bad_request", 400),
        ApiError.BadTarget => ("bad_target", 400),
        ApiError.RepeatedHeader => ("repeated_header", 400),
        ApiError.ContentEncoding => ("content_encoding", 400),
        ApiError.BadJson => ("bad_json", 400),
        ApiError.BadField => ("bad_field", 400),
        ApiError.BadEnvelope => ("bad_envelope", 400),
        ApiError.EnvelopeUnreadable => ("envelope_unreadable", 400),
        ApiError.LengthOutOfRange => ("length_out_of_range", 400),
        ApiError.PathEmpty => ("path_empty", 400),
        ApiError.PathTooLong => ("path_too_long", 400),
        ApiError.ContextTooLong => ("context_too_long", 400),
        ApiError.KeyEmpty => ("key_empty", 400),
        ApiError.KeyTooLong => ("key_too_long", 400),
        ApiError.TtlOutOfRange => ("ttl_out_of_range", 400),
        ApiError.UnknownEpoch => ("unknown_epoch", 400),
        ApiError.EpochRetired => ("epoch_retired", 400),
        ApiError.BadSyncMessage => ("bad_sync_message", 400),

        ApiError.ProofMissing => ("proof_missing", 401),
        ApiError.ProofMalformed => ("proof_malformed", 401),
        ApiError.ProofVersion => ("proof_version", 401),
        ApiError.NonceNotOurs => ("nonce_not_ours", 401),
        ApiError.NonceExpired => ("nonce_expired", 401),
        ApiError.NonceReplayed => ("nonce_replayed", 401),
        ApiError.TimestampStale => ("timestamp_stale", 401),
        ApiError.SignatureInvalid => ("signature_invalid", 401),
        ApiError.WrongSigner => ("wrong_signer", 401),

        ApiError.UnknownWallet => ("unknown_wallet", 403),
        ApiError.InstanceNotActive => ("instance_not_active", 403),
        ApiError.NotZkVerified => ("not_zk_verified", 403),
        ApiError.AppNotActive => ("app_not_active", 403),
        ApiError.VersionNotAllowed => ("version_not_allowed", 403),
        ApiError.TeeKeyMissing => ("tee_key_missing", 403),
        ApiError.SenderMismatch => ("sender_mismatch", 403),
        ApiError.NotAPeer => ("not_a_peer", 403),
        ApiError.HandoverRefused => ("handover_refused", 403),

        ApiError.UnknownRoute => ("unknown_route", 404),
        ApiError.NotFound => ("not_found", 404),
        ApiError.MethodNotAllowed => ("method_not_allowed", 405),
        ApiError.VersionConflict => ("version_conflict", 409),
        ApiError.BodyTooLarge => ("body_too_large", 413),
        ApiError.ValueTooLarge => ("value_too_large", 413),

        ApiError.TooManyRequests => ("too_many_requests", 429),
        ApiError.TooManyNonces => ("too_many_nonces", 429),
        ApiError.TooManyHandovers => ("too_many_handovers", 429),

        ApiError.InternalError => ("internal_error", 500),
        ApiError.ValueCorrupt => ("value_corrupt", 500),
        ApiError.NotReady => ("not_ready", 503),
        ApiError.EpochUnavailable => ("epoch_unavailable", 503),

        ApiError.QuotaExceeded => ("quota_exceeded", 507),
        ApiError.StoreFull => ("store_full", 507),
        _ => throw new InvariantException($"no wire form for {error}"),
    };
}

/// <summary>An error on its way to a caller.</summary>
/// <param name="Message">For humans; public facts only, never secret, never internal.</param>
/// <param name="Reason">With <see cref="ApiError.NotReady"/> only, and then always.</param>
internal readonly record struct ApiRefusal(ApiError Error, string Message, NotReadyReason? Reason = null)
{
    /// <summary>The Allow header of a 405.</summary>
    public string? Allow { get; init; }

    /// <summary>The write was carried out; only its answer could not be sealed or signed.</summary>
    public bool Applied { get; init; }

    public static ApiRefusal NotReady(NotReadyReason reason) => new(ApiError.NotReady, "this node cannot serve now", reason);

    public static ApiRefusal OdynUnavailable(bool applied = false) => NotReady(NotReadyReason.OdynUnavailable) with { Applied = applied };
}

/// <summary><c>{"error":{"code","message"}}</c>, with <c>reason</c> for not_ready and <c>applied</c> where a write was carried out.</summary>
internal static class ErrorJson
{
    public static byte[] Write(ApiRefusal refusal)
    {
        Invariant.Require((refusal.Error == ApiError.NotReady) == (refusal.Reason is not null));
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error");
            writer.WriteString("code", ApiErrors.CodeOf(refusal.Error));
            writer.WriteString("message", refusal.Message);
            if (refusal.Reason is { } reason)
            {
                writer.WriteString("reason", ApiErrors.ReasonCode(reason));
            }

            if (refusal.Applied)
            {
                writer.WriteBoolean("applied", true);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>A response before it is signed and framed.</summary>
internal sealed record Reply(int Status, string ContentType, byte[] Body, ApiRefusal? Refusal = null)
{
    public const string Json = "application/json";
    public const string Cbor = "application/cbor";

    public static Reply Ok(byte[] json) => new(200, Json, json);

    public static Reply Error(ApiRefusal refusal) =>
        new(ApiErrors.StatusOf(refusal.Error), Json, ErrorJson.Write(refusal), refusal);

    public static Reply Error(ApiError error, string message) => Error(new ApiRefusal(error, message));
}
