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
    /// <returns>The leaf's key, which signs the document.</returns>
    public static Result<TeePublicKey, AttestationRefusal> Validate(
        AttestationRoot root, byte[] leafDer, IReadOnlyList<byte[]> bundle, DateTimeOffset at)
    {
        if (bundle.Count == 0 || !bundle[0].AsSpan().SequenceEqual(root.Der.Span)
            || !TryReadPath(root, [.. bundle.Skip(1), leafDer], out var path)
            || !path[^1].MaySignDocuments)
        {
            return Refused(AttestationRefusal.UntrustedChain);
        }

        if (!root.Certificate.IsValidAt(at) || !path.TrueForAll(certificate => certificate.IsValidAt(at)))
        {
            return Refused(AttestationRefusal.OutsideValidity);
        }

        return IsPkixValid(root, path, at)
            ? Result<TeePublicKey, AttestationRefusal>.Ok(path[^1].Key)
            : Refused(AttestationRefusal.UntrustedChain);
    }

    private static Result<TeePublicKey, AttestationRefusal> Refused(AttestationRefusal why) => Result<TeePublicKey, AttestationRefusal>.Fail(why);

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
