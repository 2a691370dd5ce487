using System.Security.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Cryptography;

/// <summary>A P-384 private key handle: seals and opens Odyn envelopes, agrees on handover secrets.</summary>
/// <remarks>Scalars come from the caller (NodeRandom, a file, a seed), so nothing here draws randomness. Thread-safe.</remarks>
internal sealed class TeePrivateKey : IDisposable
{
    public const int ScalarBytes = 48;

    // Group order n of P-384, big endian (SP 800-186, section 3.2.1.4).
    private static readonly byte[] Order = Hex.Decode(
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973");

    private readonly object _gate = new();
    private readonly ECDiffieHellman _key;

    private TeePrivateKey(ECDiffieHellman key)
    {
        _key = key;
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        PublicKey = TeePublicKey.From([0x04, .. q.X!, .. q.Y!]);
    }

    public TeePublicKey PublicKey { get; }

    /// <summary>False when the scalar is zero or not below the group order.</summary>
    public static bool TryImport(ReadOnlySpan<byte> scalar, out TeePrivateKey? key)
    {
        key = null;
        if (scalar.Length != ScalarBytes || !scalar.ContainsAnyExcept((byte)0) || scalar.SequenceCompareTo(Order) >= 0)
        {
            return false;
        }

        var d = GC.AllocateUninitializedArray<byte>(ScalarBytes, pinned: true);
        try
        {
            scalar.CopyTo(d);
            key = new TeePrivateKey(ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP384, D = d }));
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }

    /// <summary>PKCS#8 DER, curve secp384r1, nothing left over; a public key inside must be the right one.</summary>
    public static bool TryImportPkcs8(ReadOnlySpan<byte> der, out TeePrivateKey? key)
    {
        Span<byte> scalar = stackalloc byte[ScalarBytes];
        key = null;
        try
        {
            if (!EcPkcs8.TryRead(der, scalar, out var statedPoint) || !TryImport(scalar, out key))
            {
                return false;
            }

            if (statedPoint is not null && !key!.PublicKey.Point.SequenceEqual(statedPoint))
            {
                key.Dispose();
                key = null;
            }

            return key is not null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    /// <summary>PKCS#8 DER for the devnet's file; the caller zeroes it.</summary>
    public byte[] ExportPkcs8()
    {
        lock (_gate)
        {
            return _key.ExportPkcs8PrivateKey();
        }
    }

    /// <summary>Raw ECDH: the 48-byte x coordinate into the destination, which the caller zeroes. Costs milliseconds.</summary>
    /// <exception cref="ArgumentException">The destination is not 48 bytes.</exception>
    public void Agree(TeePublicKey peer, Span<byte> x)
    {
        if (x.Length != ScalarBytes)
        {
            throw new ArgumentException("48 bytes are needed", nameof(x));
        }

        using var peerKey = ECDiffieHellman.Create(peer.ToParameters());
        using var peerPublic = peerKey.PublicKey;
        byte[] raw;
        lock (_gate)
        {
            raw = _key.DeriveRawSecretAgreement(peerPublic);
        }

        try
        {
            raw.CopyTo(x);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(raw);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _key.Dispose();
        }
    }

    public override string ToString() => nameof(TeePrivateKey);
}
