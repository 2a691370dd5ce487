using Kms.Core.Primitives;
using Secp256k1Net;
using Native = Secp256k1Net.Secp256k1;

namespace Kms.Core.Cryptography;

/// <summary>The curve of Ethereum's wallets, and the one implementation of it in this process.</summary>
internal static class Secp256k1
{
    /// <summary>Group order n, big endian (SEC 2, section 2.4.1).</summary>
    internal static readonly UInt256Words Order = UInt256Words.Parse("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    /// <summary>n / 2 rounded down: the greatest s that EIP-2 allows.</summary>
    internal static readonly UInt256Words HalfOrder = UInt256Words.Parse("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

    internal static ISecp256k1 Current { get; private set; } = new LibSecp256k1();

    /// <summary>For simulations, before the first use: something around the real implementation that gives the same answers.</summary>
    internal static void Wrap(Func<ISecp256k1, ISecp256k1> wrap) => Current = wrap(Current);

    /// <summary>The address of an uncompressed key: the last 20 bytes of keccak256(x ‖ y).</summary>
    internal static bool TryGetWallet(ReadOnlySpan<byte> point, out WalletAddress wallet)
    {
        Span<byte> hash = stackalloc byte[Bytes32.Size];
        Keccak256.Hash(point[1..], hash);
        return WalletAddress.TryFrom(hash[^WalletAddress.Size..], out wallet);
    }
}

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

/// <summary>Bitcoin Core's libsecp256k1, which constant-time signing and quick recovery come from, by its package for .NET.</summary>
/// <remarks>
/// The lengths are checked here first: an argument that the library's headers call illegal is a bug of ours and no answer. Its context
/// is only read after creation and may be shared between threads. It is not blinded: that needs randomness at load time, and a node
/// signs nothing with it (its wallet key lives in Odyn).
/// </remarks>
internal sealed class LibSecp256k1 : ISecp256k1
{
    private const int RecoverableBytes = 65;

    // For the life of the process: it is never disposed.
    private static readonly Native Library = new();

    public bool TryRecover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> compact, int parity, Span<byte> point)
    {
        Invariant.Require(digest.Length == UInt256Words.Size);
        Invariant.Require(compact.Length == 2 * UInt256Words.Size);
        Invariant.Require(parity is 0 or 1);
        Invariant.Require(point.Length == ISecp256k1.PointBytes);
        Span<byte> signature = stackalloc byte[RecoverableBytes];
        Span<byte> key = stackalloc byte[Native.UNSERIALIZED_PUBKEY_LENGTH];
        return Library.EcdsaRecoverableSignatureParseCompact(signature, compact, parity)
            && Library.EcdsaRecover(key, signature, digest)
            && TrySerialize(key, point);
    }

    public int Sign(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> digest, Span<byte> compact)
    {
        Invariant.Require(scalar.Length == UInt256Words.Size);
        Invariant.Require(digest.Length == UInt256Words.Size);
        Invariant.Require(compact.Length == 2 * UInt256Words.Size);
        Span<byte> signature = stackalloc byte[RecoverableBytes];

        // Without a nonce function: RFC 6979 with HMAC-SHA256. The result always has low s.
        Invariant.Require(Library.EcdsaSignRecoverable(signature, digest, scalar));
        Invariant.Require(Library.EcdsaRecoverableSignatureSerializeCompact(compact, out int parity, signature));
        Invariant.Require(parity is 0 or 1);
        return parity;
    }

    public bool TryGetPublicKey(ReadOnlySpan<byte> scalar, Span<byte> point)
    {
        Invariant.Require(scalar.Length == UInt256Words.Size);
        Invariant.Require(point.Length == ISecp256k1.PointBytes);
        Span<byte> key = stackalloc byte[Native.UNSERIALIZED_PUBKEY_LENGTH];
        return Library.EcPubkeyCreate(key, scalar) && TrySerialize(key, point);
    }

    private static bool TrySerialize(ReadOnlySpan<byte> key, Span<byte> point)
    {
        nuint length = ISecp256k1.PointBytes;
        return Library.EcPubkeySerialize(point, ref length, key, Secp256k1EcFlags.Uncompressed) && length == ISecp256k1.PointBytes;
    }
}
