using System.Diagnostics.CodeAnalysis;
using Kms.Core.Primitives;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Security.Certificates;
using Org.BouncyCastle.X509;

namespace Kms.Core.Attestation;

/// <summary>What every certificate of a Nitro chain is: X.509 v3 in DER, a P-384 key, signed with ecdsa-with-SHA384.</summary>
internal sealed class NitroCertificate
{
    // Positions in X.509's KeyUsage bit string (RFC 5280, section 4.2.1.3).
    private const int DigitalSignature = 0;
    private const int KeyCertSign = 5;
    private const int NotACertificateAuthority = -1;

    private readonly bool _isAuthority;
    private readonly bool[] _usage;

    private NitroCertificate(X509Certificate certificate, TeePublicKey key)
    {
        Certificate = certificate;
        Key = key;
        NotBefore = certificate.NotBefore;
        NotAfter = certificate.NotAfter;
        IsSelfIssued = certificate.SubjectDN.Equivalent(certificate.IssuerDN, inOrder: true);
        _isAuthority = certificate.GetBasicConstraints() != NotACertificateAuthority;
        _usage = certificate.GetKeyUsage() ?? [];
    }

    public X509Certificate Certificate { get; }

    public TeePublicKey Key { get; }

    public DateTime NotBefore { get; }

    public DateTime NotAfter { get; }

    public bool IsSelfIssued { get; }

    public bool MaySignCertificates => _isAuthority && Has(KeyCertSign);

    /// <summary>The leaf signs documents and nothing else: not a CA, and digitalSignature is stated.</summary>
    public bool MaySignDocuments => !_isAuthority && Has(DigitalSignature);

    public static bool TryRead(byte[] der, [NotNullWhen(true)] out NitroCertificate? certificate)
    {
        certificate = null;
        if (der.Length is 0 or > Limits.MaxCertificateBytes)
        {
            return false;
        }

        try
        {
            var read = new X509Certificate(der);
            if (read.Version == 3 && read.SigAlgOid == X9ObjectIdentifiers.ECDsaWithSha384.Id
                && TeePublicKey.TryFrom(read.CertificateStructure.SubjectPublicKeyInfo.GetEncoded(), out var key))
            {
                certificate = new NitroCertificate(read, key!);
            }

            return certificate is not null;
        }
        catch (Exception malformed) when (malformed is CertificateException or ArgumentException or InvalidOperationException or IOException)
        {
            // BouncyCastle's ways to say "malformed", found by changing every byte of a real certificate.
            return false;
        }
    }

    public bool IsValidAt(DateTimeOffset time) => time.UtcDateTime >= NotBefore && time.UtcDateTime <= NotAfter;

    private bool Has(int usage) => _usage.Length > usage && _usage[usage];
}
