using Kms.Core.Primitives;
using Org.BouncyCastle.Crypto.Digests;

namespace Kms.Core.Cryptography;

/// <summary>Keccak-256 with the Ethereum padding (not SHA3-256).</summary>
internal static class Keccak256
{
    private const int Bits = 256;

    /// <summary>The 32-byte digest of the input.</summary>
    public static Bytes32 Hash(ReadOnlySpan<byte> input)
    {
        Span<byte> digest = stackalloc byte[Bytes32.Size];
        Hash(input, digest);
        return Bytes32.From(digest);
    }

    /// <summary>Writes 32 bytes; no copy of the input survives the call.</summary>
    /// <exception cref="ArgumentException">The destination is not 32 bytes.</exception>
    public static void Hash(ReadOnlySpan<byte> input, Span<byte> digest)
    {
        if (digest.Length != Bytes32.Size)
        {
            throw new ArgumentException("32 bytes are needed", nameof(digest));
        }

        var keccak = new KeccakDigest(Bits);
        try
        {
            keccak.BlockUpdate(input);
            keccak.DoFinal(digest);
        }
        finally
        {
            // The sponge buffers input that is shorter than its rate; Reset overwrites buffer and state.
            keccak.Reset();
        }
    }
}
