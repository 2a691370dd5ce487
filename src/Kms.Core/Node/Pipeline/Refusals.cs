using Kms.Core.Authentication;
using Kms.Core.Membership;
using Kms.Core.Node.Api;
using Kms.Core.Node.Handover;
using Kms.Core.Node.Serving;

namespace Kms.Core.Node.Pipeline;

/// <summary>How refusals look on the wire.</summary>
internal static class Refusals
{
    public static ApiRefusal Of(ProofRefusal refusal) => refusal switch
    {
        ProofRefusal.Missing => new(ApiError.ProofMissing, "the proof headers are missing"),
        ProofRefusal.Malformed => new(ApiError.ProofMalformed, "a proof header is malformed"),
        ProofRefusal.Version => new(ApiError.ProofVersion, "this route takes v2 proofs only"),
        ProofRefusal.BadTarget => new(ApiError.BadTarget, "a v2 target holds unreserved characters, /?&= and upper-case escapes only"),
        ProofRefusal.NonceNotOurs => new(ApiError.NonceNotOurs, "the nonce was not issued by this node since it started"),
        ProofRefusal.NonceExpired => new(ApiError.NonceExpired, "the nonce has expired"),
        ProofRefusal.TimestampStale => new(ApiError.TimestampStale, "the timestamp is too old or ahead of time"),
        ProofRefusal.SignatureInvalid => new(ApiError.SignatureInvalid, "the signature is not valid"),
        ProofRefusal.WrongSigner => new(ApiError.WrongSigner, "the claimed wallet did not sign this request for this node"),
        _ => throw new InvariantException($"no wire form for {refusal}"),
    };

    public static ApiRefusal Of(AppRefusal refusal) => refusal switch
    {
        AppRefusal.ChainUnavailable => ApiRefusal.NotReady(NotReadyReason.ChainUnavailable),
        AppRefusal.UnknownWallet => new(ApiError.UnknownWallet, "the signing wallet is bound to no instance"),
        AppRefusal.InstanceNotActive => new(ApiError.InstanceNotActive, "the instance is not active"),
        AppRefusal.NotZkVerified => new(ApiError.NotZkVerified, "the instance was registered without a proof"),
        AppRefusal.AppNotActive => new(ApiError.AppNotActive, "the app is not active"),
        AppRefusal.VersionNotAllowed => new(ApiError.VersionNotAllowed, "the version may not be served"),
        AppRefusal.NoTeeKey => new(ApiError.TeeKeyMissing, "the registry holds no usable TEE key of the instance"),
        _ => throw new InvariantException($"no wire form for {refusal}"),
    };

    public static ApiRefusal Of(PeerRefusal refusal) => refusal == PeerRefusal.ChainUnavailable
        ? ApiRefusal.NotReady(NotReadyReason.ChainUnavailable)
        : new(ApiError.NotAPeer, "the signing wallet is no member at both views");

    public static ApiRefusal Of(HandoverRefusal refusal) => refusal switch
    {
        HandoverRefusal.Malformed => new(ApiError.BadSyncMessage, "neither a sealed message nor a handover"),
        HandoverRefusal.TooMany => new(ApiError.TooManyHandovers, "this instance got this epoch's secret often enough"),
        HandoverRefusal.NotHeld => new(ApiError.EpochUnavailable, "the epoch's secret cannot be handed over here and now"),
        HandoverRefusal.NotNow => new(ApiError.NotReady, "this node cannot judge now", NotReadyReason.ChainUnavailable),
        HandoverRefusal.OdynUnavailable => new(ApiError.NotReady, "no attestation now", NotReadyReason.OdynUnavailable),
        _ => new(ApiError.HandoverRefused, $"handover refused: {refusal}"),
    };

    /// <summary>Null when it was consumed.</summary>
    public static ApiRefusal? Of(NonceConsumption consumption) => consumption switch
    {
        NonceConsumption.Consumed => null,
        NonceConsumption.Replayed => new(ApiError.NonceReplayed, "the nonce was used already"),
        NonceConsumption.Expired => new(ApiError.NonceExpired, "the nonce has expired"),
        NonceConsumption.WalletLimit => new(ApiError.TooManyNonces, "the wallet used too many nonces in too short a time"),
        NonceConsumption.GlobalLimit => new(ApiError.TooManyNonces, "too many nonces are in use"),
        _ => throw new InvariantException($"no wire form for {consumption}"),
    };
}
