using Kms.Core.Cryptography;
using NBitcoin.Secp256k1;

namespace Kms.Properties.Cryptography;

/// <summary>The curve by a second implementation, in managed code and by other people: what the product's is held against.</summary>
internal sealed class ManagedSecp256k1 : ISecp256k1
{
    public bool TryRecover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> compact, int parity, Span<byte> point) =>
        SecpRecoverableECDSASignature.TryCreateFromCompact(compact, parity, out var signature)
        && ECPubKey.TryRecover(Context.Instance, signature, digest, out var key)
        && TryWrite(key, point);

    public int Sign(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> digest, Span<byte> compact)
    {
        // It hands digests to RFC 6979 as they are, and section 2.3.4 wants them reduced: so reduced ones is what it gets.
        Span<byte> reduced = stackalloc byte[digest.Length];
        new Scalar(digest).WriteToSpan(reduced);
        using var key = ECPrivKey.Create(scalar);
        key.TrySignRecoverable(reduced, out var signature).ShouldBeTrue();
        signature!.WriteToSpanCompact(compact, out int parity);
        return parity;
    }

    public bool TryGetPublicKey(ReadOnlySpan<byte> scalar, Span<byte> point)
    {
        if (!ECPrivKey.TryCreate(scalar, out var key))
        {
            return false;
        }

        using (key)
        {
            return TryWrite(key.CreatePubKey(), point);
        }
    }

    private static bool TryWrite(ECPubKey key, Span<byte> point)
    {
        key.WriteToSpan(compressed: false, point, out int length);
        return length == ISecp256k1.PointBytes;
    }
}
