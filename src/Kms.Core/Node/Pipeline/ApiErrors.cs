namespace Kms.Core.Node.Pipeline;

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
