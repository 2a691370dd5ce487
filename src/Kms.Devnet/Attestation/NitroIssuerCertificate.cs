using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.X509;

namespace Kms.Devnet.Attestation;

/// <summary>A certificate of a simulated Nitro chain with its key; everything follows from the issuer's seed.</summary>
internal sealed class NitroIssuerCertificate
{
    public static readonly DateTimeOffset NotBefore = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset NotAfter = new(2099, 12, 31, 0, 0, 0, TimeSpan.Zero);

    private const int SerialBytes = 16;

    private static readonly ECDomainParameters P384 = new(SecNamedCurves.GetByName("secp384r1"));

    private readonly ECPrivateKeyParameters _key;

    private NitroIssuerCertificate(ECPrivateKeyParameters key, byte[] der, X509Name name)
    {
        _key = key;
        Der = der;
        Name = name;
    }

    public byte[] Der { get; }

    private X509Name Name { get; }

    public static NitroIssuerCertificate Root(byte[] seed) =>
        Issue(seed, "simulated.nitro-enclaves", null, NotBefore, NotAfter, authority: true);

    public static NitroIssuerCertificate Intermediate(byte[] seed, NitroIssuerCertificate root) =>
        Issue(seed, "zonal.simulated.nitro-enclaves", root, NotBefore, NotAfter, authority: true);

    public static NitroIssuerCertificate Leaf(
        byte[] seed,
        NitroIssuerCertificate intermediate,
        string moduleId,
        DateTimeOffset notBefore,
        DateTimeOffset notAfter) => Issue(seed, moduleId, intermediate, notBefore, notAfter, authority: false);

    /// <summary>ES384: r ‖ s, 96 bytes, nonce by RFC 6979.</summary>
    public byte[] Sign(byte[] message)
    {
        var signer = new DsaDigestSigner(Ecdsa(), new Sha384Digest(), PlainDsaEncoding.Instance);
        signer.Init(true, _key);
        signer.BlockUpdate(message);
        return signer.GenerateSignature();
    }

    internal static ECDsaSigner Ecdsa() => new(new HMacDsaKCalculator(new Sha384Digest()));

    private static NitroIssuerCertificate Issue(
        byte[] seed,
        string commonName,
        NitroIssuerCertificate? issuer,
        DateTimeOffset notBefore,
        DateTimeOffset notAfter,
        bool authority)
    {
        var label = $"{commonName}|{notBefore.ToUnixTimeSeconds()}";
        var key = DeriveKey(seed, label);
        var name = new X509Name([X509Name.O, X509Name.OU, X509Name.CN], ["Nova KMS", "simulated", commonName]);
        var generator = new X509V3CertificateGenerator();
        generator.SetSerialNumber(new BigInteger(1, Derive(seed, "serial:" + label, SerialBytes)).SetBit(0));
        generator.SetIssuerDN(issuer?.Name ?? name);
        generator.SetSubjectDN(name);
        generator.SetNotBefore(notBefore.UtcDateTime);
        generator.SetNotAfter(notAfter.UtcDateTime);
        generator.SetPublicKey(new ECPublicKeyParameters("EC", P384.G.Multiply(key.D).Normalize(), SecObjectIdentifiers.SecP384r1));
        generator.AddExtension(X509Extensions.BasicConstraints, critical: true, new BasicConstraints(authority));
        generator.AddExtension(
            X509Extensions.KeyUsage,
            critical: true,
            new KeyUsage(authority ? KeyUsage.DigitalSignature | KeyUsage.KeyCertSign | KeyUsage.CrlSign : KeyUsage.DigitalSignature));
        var certificate = generator.Generate(new DeterministicEs384Factory(issuer?._key ?? key));
        return new NitroIssuerCertificate(key, certificate.GetEncoded(), name);
    }

    private static ECPrivateKeyParameters DeriveKey(byte[] seed, string label)
    {
        for (int attempt = 0; ; attempt++)
        {
            var d = new BigInteger(1, Derive(seed, $"key:{attempt}:{label}", 48));
            if (d.SignValue > 0 && d.CompareTo(P384.N) < 0)
            {
                return new ECPrivateKeyParameters("EC", d, SecObjectIdentifiers.SecP384r1);
            }
        }
    }

    private static byte[] Derive(byte[] seed, string purpose, int length) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, seed, length, salt: "nova-kms:simulated-nitro:1"u8.ToArray(), info: Encoding.UTF8.GetBytes(purpose));
}
