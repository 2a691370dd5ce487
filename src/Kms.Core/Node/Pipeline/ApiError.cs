namespace Kms.Core.Node.Pipeline;

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
