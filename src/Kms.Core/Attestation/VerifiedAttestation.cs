namespace Kms.Core.Attestation;

/// <summary>A document that <see cref="AttestationVerifier"/> accepted. Which measurement and user data it must hold is the caller's rule.</summary>
internal sealed class VerifiedAttestation
{
    internal VerifiedAttestation(NitroDocument document) => Document = document;

    public NitroDocument Document { get; }
}
