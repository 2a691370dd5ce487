namespace Kms.Core.Attestation;

/// <summary>Why a document was refused.</summary>
internal enum AttestationRefusal
{
    Malformed,
    BadSignature,
    UntrustedChain,
    OutsideValidity,
    DebugMode,
    WrongNonce,
}
