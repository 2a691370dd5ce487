namespace Kms.Core.Cryptography;

/// <summary>The three operations on secp256k1 that Ethereum needs (docs/adr/0002).</summary>
internal interface ISecp256k1
{
    /// <summary>Bytes of an uncompressed SEC1 point.</summary>
    const int PointBytes = 65;

    /// <summary>Recovers the uncompressed key that made a signature.</summary>
    /// <param name="digest">32 bytes.</param>
    /// <param name="compact">r ‖ s, each in 1..n-1.</param>
    /// <param name="parity">Parity of R.y, 0 or 1. Ethereum's v leaves no room for r + n.</param>
    /// <param name="point">65 bytes.</param>
    bool TryRecover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> compact, int parity, Span<byte> point);

    /// <summary>Signs with the RFC 6979 nonce (HMAC-SHA256) and low s.</summary>
    /// <param name="scalar">In 1..n-1.</param>
    /// <param name="digest">32 bytes, reduced modulo n before RFC 6979 sees them (its section 2.3.4, bits2octets).</param>
    /// <param name="compact">Receives r ‖ s.</param>
    /// <returns>Parity of R.y.</returns>
    int Sign(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> digest, Span<byte> compact);

    /// <summary>The uncompressed public key; false when the scalar is not in 1..n-1.</summary>
    bool TryGetPublicKey(ReadOnlySpan<byte> scalar, Span<byte> point);
}
