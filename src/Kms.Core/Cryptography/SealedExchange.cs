using System.Security.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Cryptography;

/// <summary>
/// Odyn envelopes: P-384 ECDH (x coordinate), HKDF-SHA256 without salt, info <c>encryption data</c>, AES-256-GCM without
/// associated data. Keeps the AES key of each (own key, peer) pair in a bounded cache: the agreement costs milliseconds.
/// </summary>
internal sealed class SealedExchange : IDisposable
{
    private const int KeyBytes = 32;
    private const int IvBytes = 12;
    private const int LongNonceBytes = 32;
    private const int TagBytes = 16;

    private readonly TeePrivateKey _own;
    private readonly KeyCache<TeePublicKey> _keys;

    /// <param name="own">Not owned: the caller disposes it after this.</param>
    /// <param name="maxPeers">Bound of the key cache.</param>
    public SealedExchange(TeePrivateKey own, int maxPeers)
    {
        _own = own;
        _keys = new KeyCache<TeePublicKey>(maxPeers, KeyBytes);
    }

    /// <param name="nonce">12 or 32 fresh random bytes.</param>
    /// <exception cref="ArgumentException">Another nonce length.</exception>
    public OdynEnvelope Seal(ReadOnlySpan<byte> plaintext, TeePublicKey receiver, ReadOnlySpan<byte> nonce)
    {
        if (!IsNonceLength(nonce.Length))
        {
            throw new ArgumentException("12 or 32 bytes are needed", nameof(nonce));
        }

        Span<byte> key = stackalloc byte[KeyBytes];
        try
        {
            CopyKey(receiver, key);
            var ciphertext = new byte[checked(plaintext.Length + TagBytes)]; // public
            using var aes = new AesGcm(key, TagBytes);
            aes.Encrypt(nonce[..IvBytes], plaintext, ciphertext.AsSpan(0, plaintext.Length), ciphertext.AsSpan(plaintext.Length));
            return new OdynEnvelope(_own.PublicKey, nonce.ToArray(), ciphertext);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>False when the envelope does not authenticate. The caller zeroes the plaintext.</summary>
    public bool TryOpen(OdynEnvelope envelope, out byte[] plaintext)
    {
        plaintext = [];
        var sealedBytes = envelope.Ciphertext.Span;
        if (!IsNonceLength(envelope.Nonce.Length) || sealedBytes.Length < TagBytes)
        {
            return false;
        }

        Span<byte> key = stackalloc byte[KeyBytes];
        byte[] opened = SecretBytes.Allocate(sealedBytes.Length - TagBytes);
        try
        {
            CopyKey(envelope.Sender, key);
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(envelope.Nonce.Span[..IvBytes], sealedBytes[..^TagBytes], sealedBytes[^TagBytes..], opened);
            plaintext = opened;
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            // .NET has zeroed the destination.
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public void Dispose() => _keys.Dispose();

    /// <summary>Peers whose key is cached now.</summary>
    internal int CachedPeers => _keys.Count;

    private static bool IsNonceLength(int length) => length is IvBytes or LongNonceBytes;

    private void CopyKey(TeePublicKey peer, Span<byte> key)
    {
        if (_keys.TryCopy(peer, key))
        {
            return;
        }

        // Outside the cache's lock: two requests of a new peer may both agree, and both get the same key.
        Span<byte> x = stackalloc byte[TeePrivateKey.ScalarBytes];
        try
        {
            _own.Agree(peer, x);
            HKDF.DeriveKey(HashAlgorithmName.SHA256, x, key, salt: [], info: "encryption data"u8);
            _keys.Put(peer, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(x);
        }
    }
}
