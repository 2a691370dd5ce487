using System.Security.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Cryptography;

/// <summary>
/// Odyn envelopes: P-384 ECDH (x coordinate), HKDF-SHA256 as the <see cref="EnvelopeScheme"/> says, AES-256-GCM without associated
/// data. Keeps what was agreed with each peer in a bounded cache: the agreement costs milliseconds, a key of it microseconds.
/// </summary>
internal sealed class Ecies : IDisposable
{
    private const int KeyBytes = 32;
    private const int IvBytes = 12;
    private const int LongNonceBytes = 32;
    private const int TagBytes = 16;

    private readonly TeePrivateKey _own;
    private readonly EnvelopeScheme _scheme;
    private readonly KeyCache<TeePublicKey> _agreed;

    /// <param name="own">Not owned: the caller disposes it after this.</param>
    /// <param name="maxPeers">Bound of the cache.</param>
    /// <param name="scheme">The newest when null.</param>
    public Ecies(TeePrivateKey own, int maxPeers, EnvelopeScheme? scheme = null)
    {
        _own = own;
        _scheme = scheme ?? EnvelopeScheme.Newest;
        _agreed = new KeyCache<TeePublicKey>(maxPeers, TeePrivateKey.ScalarBytes);
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
            DeriveKey(receiver, nonce[..IvBytes], key);
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
            DeriveKey(envelope.Sender, envelope.Nonce.Span[..IvBytes], key);
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

    public void Dispose() => _agreed.Dispose();

    /// <summary>Peers whose agreement is cached now.</summary>
    internal int CachedPeers => _agreed.Count;

    private static bool IsNonceLength(int length) => length is IvBytes or LongNonceBytes;

    private void DeriveKey(TeePublicKey peer, ReadOnlySpan<byte> iv, Span<byte> key)
    {
        Span<byte> x = stackalloc byte[TeePrivateKey.ScalarBytes];
        Span<byte> salt = stackalloc byte[(2 * TeePublicKey.PointBytes) + IvBytes];
        try
        {
            if (!_agreed.TryCopy(peer, x))
            {
                // Outside the cache's lock: two requests of a new peer may both agree, and both get the same.
                _own.Agree(peer, x);
                _agreed.Put(peer, x);
            }

            HKDF.DeriveKey(HashAlgorithmName.SHA256, x, key, _scheme.IsSalted ? Salt(peer, iv, salt) : [], _scheme.Info);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(x);
        }
    }

    /// <summary>Both uncompressed points, the smaller first, and the nonce.</summary>
    private ReadOnlySpan<byte> Salt(TeePublicKey peer, ReadOnlySpan<byte> iv, Span<byte> salt)
    {
        var own = _own.PublicKey;
        bool isOwnFirst = own.Point.SequenceCompareTo(peer.Point) < 0;
        (isOwnFirst ? own : peer).Point.CopyTo(salt);
        (isOwnFirst ? peer : own).Point.CopyTo(salt[TeePublicKey.PointBytes..]);
        iv.CopyTo(salt[(2 * TeePublicKey.PointBytes)..]);
        return salt;
    }
}

/// <summary>The wire envelope of Odyn's <c>/v1/encryption</c>.</summary>
/// <param name="Sender">Public key of whoever sealed it.</param>
/// <param name="Nonce">12 or 32 bytes; the first 12 are the AES-GCM iv.</param>
/// <param name="Ciphertext">AES-256-GCM ciphertext with its 16-byte tag.</param>
public sealed record OdynEnvelope(TeePublicKey Sender, ReadOnlyMemory<byte> Nonce, ReadOnlyMemory<byte> Ciphertext);
