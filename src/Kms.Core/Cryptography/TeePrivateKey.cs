using Kms.Core.Primitives;

namespace Kms.Core.Cryptography;

/// <summary>A P-384 private key handle: seals and opens Odyn envelopes, agrees on handover secrets.</summary>
/// <remarks>Scalars come from the caller (NodeRandom, a file, a seed), so nothing here draws randomness.</remarks>
public sealed class TeePrivateKey : IDisposable
{
    public const int ScalarBytes = 48;

    /// <summary>False when the scalar is zero or not below the group order.</summary>
    public static bool TryImport(ReadOnlySpan<byte> scalar, out TeePrivateKey? key) => throw new NotImplementedException();

    /// <summary>PKCS#8 DER, curve secp384r1, nothing left over.</summary>
    public static bool TryImportPkcs8(ReadOnlySpan<byte> der, out TeePrivateKey? key) => throw new NotImplementedException();

    public TeePublicKey PublicKey => throw new NotImplementedException();

    /// <summary>PKCS#8 DER for the devnet's file; the caller zeroes it.</summary>
    public byte[] ExportPkcs8() => throw new NotImplementedException();

    /// <summary>Raw ECDH: the 48-byte x coordinate into the destination, which the caller zeroes.</summary>
    public void Agree(TeePublicKey peer, Span<byte> x) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();

    public override string ToString() => nameof(TeePrivateKey);
}
