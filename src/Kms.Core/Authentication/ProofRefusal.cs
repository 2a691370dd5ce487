namespace Kms.Core.Authentication;

/// <summary>Why a proof was not accepted. Each is 401 on the wire, but for <see cref="BadTarget"/> (400).</summary>
internal enum ProofRefusal
{
    Missing,
    Malformed,

    /// <summary>v1 where v2 is required.</summary>
    Version,

    /// <summary>v2 over a target that v2 cannot sign.</summary>
    BadTarget,
    NonceNotOurs,
    NonceExpired,
    TimestampStale,

    /// <summary>Not 65 bytes of hex, r or s out of range, high s, v not 27 or 28, or no key recovers.</summary>
    SignatureInvalid,

    /// <summary>The claimed wallet did not sign this: another recipient, request or signer.</summary>
    WrongSigner,
}
