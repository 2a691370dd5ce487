using System.Formats.Asn1;
using System.Security.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Attestation;

/// <summary>
/// Checks who signed a certificate before anything else of it is read: what the pinned root did not sign, directly or not, never
/// reaches the X.509 parser.
/// </summary>
internal static class CertificateSignature
{
    // AlgorithmIdentifier { ecdsa-with-SHA384 }, without parameters (RFC 5758, section 3.2).
    private static readonly byte[] EcdsaWithSha384 = [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];

    /// <summary>False too when this is not one DER SEQUENCE of (anything, ecdsa-with-SHA384, bit string).</summary>
    public static bool IsBy(byte[] der, TeePublicKey issuer)
    {
        if (!TrySplit(der, out var signed, out var signature))
        {
            return false;
        }

        using var key = ECDsa.Create(issuer.ToParameters());
        return key.VerifyData(signed.Span, signature, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence);
    }

    private static bool TrySplit(byte[] der, out ReadOnlyMemory<byte> signed, out byte[] signature)
    {
        signed = default;
        signature = [];
        try
        {
            var file = new AsnReader(der, AsnEncodingRules.DER);
            var certificate = file.ReadSequence();
            file.ThrowIfNotEmpty();
            signed = certificate.ReadEncodedValue();
            bool known = certificate.ReadEncodedValue().Span.SequenceEqual(EcdsaWithSha384);
            signature = certificate.ReadBitString(out int unusedBits);
            return known && unusedBits == 0 && !certificate.HasData;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
