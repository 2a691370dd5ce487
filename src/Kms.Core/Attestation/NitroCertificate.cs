using System.Diagnostics.CodeAnalysis;
using Kms.Core.Primitives;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Security.Certificates;
using Org.BouncyCastle.X509;

namespace Kms.Core.Attestation;

/// <summary>What every certificate of a Nitro chain is: X.509 v3 in DER, a P-384 key, signed with ecdsa-with-SHA384.</summary>
internal static class NitroCertificate
{
    // Positions in X.509's KeyUsage bit string (RFC 5280, section 4.2.1.3).
    private const int DigitalSignature = 0;
    private const int KeyCertSign = 5;
    private const int NotACertificateAuthority = -1;

    public static bool TryRead(byte[] der, [NotNullWhen(true)] out X509Certificate? certificate)
    {
        certificate = null;
        if (der.Length is 0 or > Limits.MaxCertificateBytes || !IsOneDerSequence(der))
        {
            return false;
        }

        try
        {
            var read = new X509Certificate(der);
            if (read.Version != 3 || read.SigAlgOid != X9ObjectIdentifiers.ECDsaWithSha384.Id || !TryGetKey(read, out _))
            {
                return false;
            }

            certificate = read;
            return true;
        }
        catch (CertificateException)
        {
            return false;
        }
    }

    /// <summary>The P-384 key; false for another algorithm or curve.</summary>
    public static bool TryGetKey(X509Certificate certificate, [NotNullWhen(true)] out TeePublicKey? key) =>
        TeePublicKey.TryFrom(certificate.CertificateStructure.SubjectPublicKeyInfo.GetEncoded(), out key) && key is not null;

    public static bool IsRoot(X509Certificate certificate)
    {
        if (certificate.GetBasicConstraints() == NotACertificateAuthority || !HasUsage(certificate, KeyCertSign)
            || !certificate.SubjectDN.Equivalent(certificate.IssuerDN, inOrder: true))
        {
            return false;
        }

        try
        {
            certificate.Verify(certificate.GetPublicKey());
            return true;
        }
        catch (GeneralSecurityException)
        {
            return false;
        }
    }

    /// <summary>The leaf signs documents and nothing else: not a CA, and digitalSignature is stated.</summary>
    public static bool IsDocumentSigner(X509Certificate certificate) =>
        certificate.GetBasicConstraints() == NotACertificateAuthority && HasUsage(certificate, DigitalSignature);

    private static bool HasUsage(X509Certificate certificate, int bit) =>
        certificate.GetKeyUsage() is { } usage && usage.Length > bit && usage[bit];

    // BouncyCastle reads the first structure and leaves the rest: demand that the outer length covers everything.
    private static bool IsOneDerSequence(ReadOnlySpan<byte> der) =>
        System.Formats.Asn1.AsnDecoder.TryReadEncodedValue(
            der,
            System.Formats.Asn1.AsnEncodingRules.DER,
            out var tag,
            out _,
            out _,
            out int consumed)
        && consumed == der.Length
        && tag == System.Formats.Asn1.Asn1Tag.Sequence;
}
