using System.Security.Cryptography;
using Kms.Core.Primitives;
using Org.BouncyCastle.Pkix;

namespace Kms.Core.Attestation;

/// <summary>The pinned root certificate: AWS Nitro, or a devnet's own.</summary>
public sealed class AttestationRoot
{
    private const string AwsResource = "aws-nitro-root-g1.der";

    // SHA-256 of the DER certificate. AWS publishes the certificate, and this fingerprint of it, with the Nitro Enclaves
    // documentation ("Verifying the root of trust").
    private static readonly Bytes32 AwsFingerprint = Bytes32.Parse("641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b");

    private readonly byte[] _der;

    private AttestationRoot(byte[] der, NitroCertificate certificate)
    {
        _der = der;
        Certificate = certificate;
        Anchor = new TrustAnchor(certificate.Certificate, null);
        Fingerprint = Bytes32.From(SHA256.HashData(der));
    }

    /// <summary>The AWS Nitro Enclaves root G1 (embedded; its SHA-256 is checked here and by a test).</summary>
    public static AttestationRoot Aws { get; } = LoadAws();

    /// <summary>Only a non-AWS root permits address exceptions and plain HTTP (design §3).</summary>
    public bool IsAws => Fingerprint == AwsFingerprint;

    /// <summary>SHA-256 of the DER certificate.</summary>
    public Bytes32 Fingerprint { get; }

    /// <summary>The certificate in DER.</summary>
    public ReadOnlyMemory<byte> Der => _der;

    internal NitroCertificate Certificate { get; }

    internal TrustAnchor Anchor { get; }

    /// <summary>Another root, for devnets and simulators.</summary>
    /// <exception cref="ArgumentException">Not one DER certificate of a P-384 CA, signed by itself.</exception>
    public static AttestationRoot FromDer(ReadOnlySpan<byte> der)
    {
        var copy = der.ToArray();
        if (!NitroCertificate.TryRead(copy, out var certificate) || !certificate.IsSelfIssued || !certificate.MaySignCertificates
            || !CertificateSignature.IsBy(copy, certificate.Key))
        {
            throw new ArgumentException("a self-signed P-384 CA certificate in DER is needed", nameof(der));
        }

        return new AttestationRoot(copy, certificate);
    }

    private static AttestationRoot LoadAws()
    {
        using var resource = typeof(AttestationRoot).Assembly.GetManifestResourceStream(AwsResource);
        Invariant.Require(resource is not null);
        var der = new byte[resource.Length];
        resource.ReadExactly(der);
        var root = FromDer(der);
        Invariant.Require(root.IsAws);
        return root;
    }
}
