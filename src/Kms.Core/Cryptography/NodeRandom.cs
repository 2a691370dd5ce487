using System.Security.Cryptography;

namespace Kms.Core.Cryptography;

/// <summary>
/// ChaCha20 generator keyed by HKDF over Odyn's randomness and the host's entropy (design §3): a broken source alone
/// predicts nothing; the same inputs give the same stream, so the simulator stays deterministic. Thread-safe (lock on an object),
/// rekeys itself after every request (fast key erasure), and <see cref="Mix"/> adds entropy at any time.
/// </summary>
internal sealed class NodeRandom : IDisposable
{
    private const int KeyBytes = 32;
    private const int ChunkBytes = 1024;
    private const int TagBytes = 16;

    private static ReadOnlySpan<byte> ZeroNonce => new byte[12]; // public

    private readonly object _gate = new();
    private readonly byte[] _key = GC.AllocateArray<byte>(KeyBytes, pinned: true);
    private bool _disposed;

    /// <exception cref="ArgumentException">A source of fewer than 32 bytes.</exception>
    public NodeRandom(ReadOnlySpan<byte> odynEntropy, ReadOnlySpan<byte> hostEntropy)
    {
        if (odynEntropy.Length < Limits.MinEntropyBytes || hostEntropy.Length < Limits.MinEntropyBytes)
        {
            throw new ArgumentException($"{Limits.MinEntropyBytes} bytes of each source are needed");
        }

        // Two extractions, the second keyed by the first: either secret source alone makes the key unpredictable (HKDF as a
        // dual-source extractor), and no length prefix is needed to tell the sources apart.
        Absorb(odynEntropy, "nova-kms:node-random:odyn"u8);
        Absorb(hostEntropy, "nova-kms:node-random:host"u8);
    }

    /// <summary>Fills the destination; what was given out cannot be computed from the state that remains.</summary>
    public void Fill(Span<byte> destination)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            while (!destination.IsEmpty)
            {
                int length = Math.Min(destination.Length, ChunkBytes);
                FillChunk(destination[..length]);
                destination = destination[length..];
            }
        }
    }

    /// <summary>Adds entropy of any length; never makes the state more predictable.</summary>
    public void Mix(ReadOnlySpan<byte> entropy)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Absorb(entropy, "nova-kms:node-random:mix"u8);
        }
    }

    /// <summary>A fresh P-384 key pair by rejection sampling of the scalar.</summary>
    public TeePrivateKey NextTeeKey()
    {
        Span<byte> scalar = stackalloc byte[TeePrivateKey.ScalarBytes];
        try
        {
            while (true)
            {
                Fill(scalar);
                if (TeePrivateKey.TryImport(scalar, out var key))
                {
                    return key!;
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            CryptographicOperations.ZeroMemory(_key);
        }
    }

    public override string ToString() => nameof(NodeRandom);

    private void Absorb(ReadOnlySpan<byte> entropy, ReadOnlySpan<byte> purpose)
    {
        Span<byte> next = stackalloc byte[KeyBytes];
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, entropy, next, salt: _key, info: purpose);
            next.CopyTo(_key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(next);
        }
    }

    private void FillChunk(Span<byte> destination)
    {
        Span<byte> buffer = stackalloc byte[KeyBytes + ChunkBytes + TagBytes];
        var stream = buffer[..(KeyBytes + destination.Length)];
        buffer.Clear();
        try
        {
            using (var cipher = new ChaCha20Poly1305(_key))
            {
                // The ciphertext of zeros is the ChaCha20 key stream from block 1 (RFC 8439, section 2.8). The tag is not
                // used, and the nonce may be constant because each key makes one stream only.
                cipher.Encrypt(ZeroNonce, stream, stream, buffer[stream.Length..(stream.Length + TagBytes)]);
            }

            stream[..KeyBytes].CopyTo(_key);
            stream[KeyBytes..].CopyTo(destination);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }
}
