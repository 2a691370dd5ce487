using System.Diagnostics.CodeAnalysis;
using Kms.Core.Primitives;
using Org.BouncyCastle.Pkix;
using Org.BouncyCastle.X509;

namespace Kms.Core.Attestation;

/// <summary>PKIX validation (RFC 5280, section 6) of a document's certificates at an explicit time, by BouncyCastle.</summary>
/// <remarks>
/// No revocation lists: leaves live three hours, and a list would have to come through the host. A compromised enclave is
/// revoked on-chain instead.
/// </remarks>
internal static class CertificatePath
{
    /// <param name="bundle">Root first, as Nitro sends it; the root must be the pinned one, byte for byte.</param>
    /// <param name="leafKey">The key that signs the document.</param>
    public static bool TryValidate(
        AttestationRoot root,
        byte[] leafDer,
        IReadOnlyList<byte[]> bundle,
        DateTimeOffset at,
        [NotNullWhen(true)] out TeePublicKey? leafKey,
        out AttestationRefusal refusal)
    {
        leafKey = null;
        refusal = AttestationRefusal.UntrustedChain;
        if (bundle.Count == 0 || !bundle[0].AsSpan().SequenceEqual(root.Der.Span) || !TryReadPath(leafDer, bundle, out var path))
        {
            return false;
        }

        var leaf = path[0];
        if (!NitroCertificate.IsDocumentSigner(leaf) || !NitroCertificate.TryGetKey(leaf, out var key))
        {
            return false;
        }

        if (!root.Certificate.IsValid(at.UtcDateTime) || !path.TrueForAll(certificate => certificate.IsValid(at.UtcDateTime)))
        {
            refusal = AttestationRefusal.OutsideValidity;
            return false;
        }

        var parameters = new PkixParameters(new HashSet<TrustAnchor> { root.Anchor })
        {
            IsRevocationEnabled = false,
            Date = at.UtcDateTime,
        };
        try
        {
            new PkixCertPathValidator().Validate(new PkixCertPath(path), parameters);
        }
        catch (PkixCertPathValidatorException)
        {
            return false;
        }

        leafKey = key;
        return true;
    }

    /// <summary>Leaf first, the root left out: it is the anchor.</summary>
    private static bool TryReadPath(byte[] leafDer, IReadOnlyList<byte[]> bundle, out List<X509Certificate> path)
    {
        path = [];
        for (int i = bundle.Count; i > 0; i--)
        {
            if (!NitroCertificate.TryRead(i == bundle.Count ? leafDer : bundle[i], out var certificate))
            {
                return false;
            }

            path.Add(certificate);
        }

        return true;
    }
}
