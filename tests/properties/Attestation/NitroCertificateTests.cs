using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kms.Core;
using Kms.Core.Attestation;
using Kms.Properties.Cryptography;

namespace Kms.Properties.Attestation;

public sealed class NitroCertificateTests
{
    [Fact]
    public void A_certificate_is_read_up_to_its_limit_of_bytes()
    {
        byte[] largest = OfBytes(Limits.MaxCertificateBytes);
        byte[] larger = OfBytes(Limits.MaxCertificateBytes + 1);

        NitroCertificate.TryRead(largest, out _).ShouldBeTrue();
        NitroCertificate.TryRead(larger, out _).ShouldBeFalse();
    }

    private static byte[] OfBytes(int bytes)
    {
        const int SomePadding = 400;
        int around = WithPadding(SomePadding).Length - SomePadding;
        byte[] der = WithPadding(bytes - around);
        der.Length.ShouldBe(bytes);
        return der;
    }

    private static byte[] WithPadding(int padding)
    {
        using var key = Keys.Tee(1);
        var name = new X500DistinguishedName("CN=limit");
        var request = new CertificateRequest(name, PublicKey.CreateFromSubjectPublicKeyInfo(key.PublicKey.ToSpki(), out _), HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509Extension("1.2.3.4", new byte[padding], critical: false));
        using var certificate = request.Create(name, new NoSigner(), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1), [1]);
        return certificate.RawData;
    }

    /// <summary>Reading checks no signature; a real one would have another length each time.</summary>
    private sealed class NoSigner : X509SignatureGenerator
    {
        // ecdsa-with-SHA384 (RFC 5758, section 3.2).
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
            [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => new byte[96];

        protected override PublicKey BuildPublicKey() => throw new NotSupportedException();
    }
}
