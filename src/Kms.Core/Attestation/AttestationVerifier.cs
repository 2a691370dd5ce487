using System.Diagnostics.CodeAnalysis;

namespace Kms.Core.Attestation;

/// <summary>Verifies signature (ES384), chain to the pinned root at an explicit time, PCR sanity and debug mode.</summary>
internal sealed class AttestationVerifier(AttestationRoot root)
{
    public AttestationRoot Root { get; } = root;

    /// <param name="trustedNow">The time at which every certificate must be valid.</param>
    /// <param name="expectedNonce">Compared exactly.</param>
    public bool TryVerify(
        ReadOnlyMemory<byte> bytes,
        DateTimeOffset trustedNow,
        ReadOnlySpan<byte> expectedNonce,
        [NotNullWhen(true)] out VerifiedAttestation? attestation,
        out AttestationRefusal refusal)
    {
        attestation = null;
        refusal = AttestationRefusal.Malformed;
        return NitroDocument.TryParse(bytes, out var document)
            && TryVerifyAt(document, trustedNow, expectedNonce, out attestation, out refusal);
    }

    /// <summary>
    /// For the node's own first document, when there is no trusted time yet: the chain is verified at the document's own
    /// timestamp, which the hypervisor signed and the nonce proves fresh.
    /// </summary>
    public bool TryVerifyOwn(
        ReadOnlyMemory<byte> bytes,
        ReadOnlySpan<byte> expectedNonce,
        [NotNullWhen(true)] out VerifiedAttestation? attestation,
        out AttestationRefusal refusal)
    {
        attestation = null;
        refusal = AttestationRefusal.Malformed;
        return NitroDocument.TryParse(bytes, out var document)
            && TryVerifyAt(document, DateTimeOffset.FromUnixTimeMilliseconds(document.TimestampMs), expectedNonce, out attestation, out refusal);
    }

    // Cheap refusals first; all of them must pass.
    private bool TryVerifyAt(
        NitroDocument document,
        DateTimeOffset at,
        ReadOnlySpan<byte> expectedNonce,
        [NotNullWhen(true)] out VerifiedAttestation? attestation,
        out AttestationRefusal refusal)
    {
        attestation = null;
        if (document.IsDebugMode)
        {
            refusal = AttestationRefusal.DebugMode;
            return false;
        }

        if (!document.Nonce.Span.SequenceEqual(expectedNonce))
        {
            refusal = AttestationRefusal.WrongNonce;
            return false;
        }

        if (!CertificatePath.TryValidate(Root, document.Certificate, document.Bundle, at, out var key, out refusal))
        {
            return false;
        }

        if (!document.Envelope.IsSignedBy(key))
        {
            refusal = AttestationRefusal.BadSignature;
            return false;
        }

        attestation = new VerifiedAttestation(document);
        return true;
    }
}

/// <summary>A document that <see cref="AttestationVerifier"/> accepted. Which measurement and user data it must hold is the caller's rule.</summary>
internal sealed class VerifiedAttestation
{
    internal VerifiedAttestation(NitroDocument document) => Document = document;

    public NitroDocument Document { get; }
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
