using System.Diagnostics.CodeAnalysis;
using Kms.Core.Primitives;
using Org.BouncyCastle.Pkix;

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
        if (bundle.Count == 0 || !bundle[0].AsSpan().SequenceEqual(root.Der.Span)
            || !TryReadPath(root, [.. bundle.Skip(1), leafDer], out var path)
            || !path[^1].MaySignDocuments)
        {
            return false;
        }

        if (!root.Certificate.IsValidAt(at) || !path.TrueForAll(certificate => certificate.IsValidAt(at)))
        {
            refusal = AttestationRefusal.OutsideValidity;
            return false;
        }

        if (!IsPkixValid(root, path, at))
        {
            return false;
        }

        leafKey = path[^1].Key;
        return true;
    }

    /// <summary>From below the root down to the leaf; each is parsed only once its issuer's signature on it has verified.</summary>
    private static bool TryReadPath(AttestationRoot root, List<byte[]> ders, out List<NitroCertificate> path)
    {
        path = [];
        var issuer = root.Certificate;
        foreach (var der in ders)
        {
            if (!CertificateSignature.IsBy(der, issuer.Key) || !NitroCertificate.TryRead(der, out var certificate))
            {
                return false;
            }

            path.Add(certificate);
            issuer = certificate;
        }

        return true;
    }

    private static bool IsPkixValid(AttestationRoot root, IEnumerable<NitroCertificate> path, DateTimeOffset at)
    {
        var parameters = new PkixParameters(new HashSet<TrustAnchor> { root.Anchor })
        {
            IsRevocationEnabled = false,
            Date = at.UtcDateTime,
        };
        try
        {
            // Leaf first, the root left out: it is the anchor.
            new PkixCertPathValidator().Validate(new PkixCertPath([.. path.Reverse().Select(one => one.Certificate)]), parameters);
            return true;
        }
        catch (PkixCertPathValidatorException)
        {
            return false;
        }
    }
}
