using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kms.Core.Attestation;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Fuzz;

/// <summary>DER: certificates as they come, certificates that the pinned root really signed, and keys.</summary>
internal static class CertificateTargets
{
    private static readonly DateTimeOffset NotBefore = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ECDsa RootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private static readonly X509Certificate2 RootCertificate = SelfSigned();
    private static readonly AttestationRoot Root = AttestationRoot.FromDer(RootCertificate.RawData);
    private static readonly TeePublicKey AnyKey = TeePublicKey.From(RootKey.ExportSubjectPublicKeyInfo());

    public static IEnumerable<FuzzTarget> All =>
    [
        new("certificate", ReadCertificate, () => [RootCertificate.RawData, Leaf().RawData]) { BaseBytes = 16L * 1024 * 1024 },
        new("certificate-signed", ReadSigned, () => [ToBeSigned(Leaf().RawData), ToBeSigned(RootCertificate.RawData)]) { BaseBytes = 16L * 1024 * 1024 },
        new("key", ReadKey, () => [AnyKey.ToSpki(), AnyKey.Point.ToArray(), Pkcs8()]),
    ];

    private static void ReadCertificate(byte[] input)
    {
        NitroCertificate.TryRead(input, out _);
        CertificateSignature.IsBy(input, AnyKey);
        CertificatePath.Validate(Root, input, [Root.Der.ToArray()], NotBefore.AddDays(1));
    }

    /// <summary>The part that is signed, under a good signature: only so does anything get to the X.509 parser and to path validation.</summary>
    private static void ReadSigned(byte[] input)
    {
        if (!AsnDecoder.TryReadEncodedValue(input, AsnEncodingRules.DER, out _, out _, out _, out int consumed) || consumed != input.Length)
        {
            return;
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.PushSequence();
        writer.WriteEncodedValue(input);
        writer.PushSequence();
        writer.WriteObjectIdentifier("1.2.840.10045.4.3.3");
        writer.PopSequence();
        writer.WriteBitString(RootKey.SignData(input, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence));
        writer.PopSequence();
        byte[] certificate = writer.Encode();
        CertificatePath.Validate(Root, certificate, [Root.Der.ToArray()], NotBefore.AddDays(1));
        CertificatePath.Validate(Root, RootCertificate.RawData, [Root.Der.ToArray(), certificate], NotBefore.AddDays(1));
    }

    private static void ReadKey(byte[] input)
    {
        TeePublicKey.TryFrom(input, out _);
        _ = TeePublicKey.TryParse(Hex.Encode(input), out _);
        if (TeePrivateKey.TryImportPkcs8(input, out var key))
        {
            key!.Dispose();
        }

        if (input.Length >= EthereumSignature.Size && EthereumSignature.TryFrom(input.AsSpan(0, EthereumSignature.Size), out var signature))
        {
            signature.TryRecover("a message", out _);
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        var request = new CertificateRequest("CN=root", RootKey, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, critical: true));
        return request.CreateSelfSigned(NotBefore, NotBefore.AddYears(50));
    }

    private static X509Certificate2 Leaf()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var request = new CertificateRequest("CN=leaf, O=nova", key, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("n.example");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.Create(RootCertificate, NotBefore, NotBefore.AddDays(30), [1, 2, 3]);
    }

    private static byte[] ToBeSigned(byte[] certificate) =>
        new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence().ReadEncodedValue().ToArray();

    private static byte[] Pkcs8()
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP384);
        return key.ExportPkcs8PrivateKey();
    }
}
