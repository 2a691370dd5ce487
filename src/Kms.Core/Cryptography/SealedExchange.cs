using Kms.Core.Primitives;

namespace Kms.Core.Cryptography;

/// <summary>
/// Odyn envelopes: P-384 ECDH (x coordinate), HKDF-SHA256 without salt, info <c>encryption data</c>, AES-256-GCM without
/// associated data. Keeps the AES key of each (own key, peer) pair in a bounded cache: the agreement costs milliseconds.
/// </summary>
public sealed class SealedExchange : IDisposable
{
    /// <param name="own">Not owned: the caller disposes it after this.</param>
    /// <param name="maxPeers">Bound of the key cache.</param>
    public SealedExchange(TeePrivateKey own, int maxPeers) => throw new NotImplementedException();

    /// <param name="nonce">12 or 32 fresh random bytes.</param>
    public OdynEnvelope Seal(ReadOnlySpan<byte> plaintext, TeePublicKey receiver, ReadOnlySpan<byte> nonce) => throw new NotImplementedException();

    /// <summary>False when the envelope does not authenticate. The caller zeroes the plaintext.</summary>
    public bool TryOpen(OdynEnvelope envelope, out byte[] plaintext) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
