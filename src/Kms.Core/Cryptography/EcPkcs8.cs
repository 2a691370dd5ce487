using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Kms.Core.Cryptography;

/// <summary>Strict reader of a P-384 private key in PKCS#8 (RFC 5208) around an ECPrivateKey (RFC 5915), in DER.</summary>
/// <remarks>.NET's own import accepts other curves and leaves what follows the structure unread.</remarks>
internal static class EcPkcs8
{
    /// <summary>Longest accepted structure; the usual one, with its public key, has 185 bytes.</summary>
    public const int MaxBytes = 256;

    private const string EcPublicKeyOid = "1.2.840.10045.2.1";
    private const string P384Oid = "1.3.132.0.34";
    private static readonly Asn1Tag ParametersTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag PublicKeyTag = new(TagClass.ContextSpecific, 1, isConstructed: true);

    /// <param name="scalar">Receives 48 bytes, which the caller zeroes.</param>
    /// <param name="point">The public key that the structure states, if it does; not checked here.</param>
    public static bool TryRead(ReadOnlySpan<byte> der, Span<byte> scalar, out byte[]? point)
    {
        point = null;
        if (der.Length > MaxBytes)
        {
            return false;
        }

        var copy = GC.AllocateUninitializedArray<byte>(der.Length, pinned: true);
        try
        {
            der.CopyTo(copy);
            var file = new AsnReader(copy, AsnEncodingRules.DER);
            var key = file.ReadSequence();
            file.ThrowIfNotEmpty();
            return TryReadInfo(key, scalar, out point);
        }
        catch (AsnContentException)
        {
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
        }
    }

    private static bool TryReadInfo(AsnReader info, Span<byte> scalar, out byte[]? point)
    {
        point = null;
        if (!info.TryReadInt32(out int version) || version != 0)
        {
            return false;
        }

        var algorithm = info.ReadSequence();
        if (algorithm.ReadObjectIdentifier() != EcPublicKeyOid || algorithm.ReadObjectIdentifier() != P384Oid || algorithm.HasData
            || !info.TryReadPrimitiveOctetString(out var octets) || info.HasData)
        {
            return false;
        }

        var inner = new AsnReader(octets, AsnEncodingRules.DER);
        var key = inner.ReadSequence();
        inner.ThrowIfNotEmpty();
        return TryReadKey(key, scalar, out point);
    }

    private static bool TryReadKey(AsnReader key, Span<byte> scalar, out byte[]? point)
    {
        point = null;
        if (!key.TryReadInt32(out int version) || version != 1
            || !key.TryReadPrimitiveOctetString(out var d) || d.Length != scalar.Length)
        {
            return false;
        }

        if (key.HasData && key.PeekTag() == ParametersTag)
        {
            var parameters = key.ReadSequence(ParametersTag);
            if (parameters.ReadObjectIdentifier() != P384Oid || parameters.HasData)
            {
                return false;
            }
        }

        if (key.HasData)
        {
            var wrapped = key.ReadSequence(PublicKeyTag);
            point = wrapped.ReadBitString(out int unusedBits);
            if (unusedBits != 0 || wrapped.HasData || key.HasData)
            {
                return false;
            }
        }

        d.Span.CopyTo(scalar);
        return true;
    }
}
