using Secp256k1Net;
using Native = Secp256k1Net.Secp256k1;

namespace Kms.Core.Cryptography;

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
