using Kms.Core.Primitives;

namespace Kms.Core.Attestation;

/// <summary>Verifies attestation documents against the pinned root.</summary>
internal sealed class AttestationVerifier(AttestationRoot root)
{
    public AttestationRoot Root { get; } = root;

    /// <param name="trustedNow">The time at which every certificate must be valid.</param>
    /// <param name="expectedNonce">Compared exactly.</param>
    public Result<VerifiedAttestation, AttestationRefusal> Verify(
        ReadOnlyMemory<byte> bytes, DateTimeOffset trustedNow, ReadOnlySpan<byte> expectedNonce) =>
        VerifiedAttestation.Of(bytes, Root, trustedNow, expectedNonce);

    /// <summary>
    /// For the node's own first document, when there is no trusted time yet: the chain is verified at the document's own
    /// timestamp, which the hypervisor signed and the nonce proves fresh.
    /// </summary>
    public Result<VerifiedAttestation, AttestationRefusal> VerifyOwn(ReadOnlyMemory<byte> bytes, ReadOnlySpan<byte> expectedNonce) =>
        VerifiedAttestation.Of(bytes, Root, at: null, expectedNonce);
}

/// <summary>
/// A document whose signature (ES384), chain to the pinned root at an explicit time, PCRs and nonce are right, and not of debug mode.
/// Nothing makes one but the check itself, <see cref="Of"/>. Which measurement and user data it must hold is the caller's rule.
/// </summary>
internal sealed class VerifiedAttestation
{
    private VerifiedAttestation(NitroDocument document) => Document = document;

    public NitroDocument Document { get; }

    /// <summary>Cheap refusals first; all of the checks must pass.</summary>
    /// <param name="at">The document's own time when null.</param>
    public static Result<VerifiedAttestation, AttestationRefusal> Of(
        ReadOnlyMemory<byte> bytes, AttestationRoot root, DateTimeOffset? at, ReadOnlySpan<byte> expectedNonce)
    {
        if (!NitroDocument.TryParse(bytes, out var document))
        {
            return Refused(AttestationRefusal.Malformed);
        }

        if (document.IsDebugMode)
        {
            return Refused(AttestationRefusal.DebugMode);
        }

        if (!document.Nonce.Span.SequenceEqual(expectedNonce))
        {
            return Refused(AttestationRefusal.WrongNonce);
        }

        var time = at ?? DateTimeOffset.FromUnixTimeMilliseconds(document.TimestampMs);
        var path = CertificatePath.Validate(root, document.Certificate, document.Bundle, time);
        if (!path.TryGet(out var key))
        {
            return path.As<VerifiedAttestation>();
        }

        return document.Envelope.IsSignedBy(key)
            ? Result<VerifiedAttestation, AttestationRefusal>.Ok(new VerifiedAttestation(document))
            : Refused(AttestationRefusal.BadSignature);
    }

    private static Result<VerifiedAttestation, AttestationRefusal> Refused(AttestationRefusal why) =>
        Result<VerifiedAttestation, AttestationRefusal>.Fail(why);
}

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
