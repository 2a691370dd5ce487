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
        out AttestationRefusal refusal) => throw new NotImplementedException();

    /// <summary>
    /// For the node's own first document, when there is no trusted time yet: the chain is verified at the document's own
    /// timestamp, which the hypervisor signed and the nonce proves fresh.
    /// </summary>
    public bool TryVerifyOwn(
        ReadOnlyMemory<byte> bytes,
        ReadOnlySpan<byte> expectedNonce,
        [NotNullWhen(true)] out VerifiedAttestation? attestation,
        out AttestationRefusal refusal) => throw new NotImplementedException();
}
