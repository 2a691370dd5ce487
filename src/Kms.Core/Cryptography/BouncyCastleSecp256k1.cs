using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Math.EC.Multiplier;
using Org.BouncyCastle.Utilities;

namespace Kms.Core.Cryptography;

/// <summary>secp256k1 in managed code, for machines without the native library.</summary>
/// <remarks>Not constant-time and its numbers cannot be zeroed: a node's wallet key lives in Odyn, not here.</remarks>
internal sealed class BouncyCastleSecp256k1 : ISecp256k1
{
    private static readonly X9ECParameters Curve = SecNamedCurves.GetByName("secp256k1");
    private static readonly BigInteger N = Curve.N;
    private static readonly BigInteger HalfN = N.ShiftRight(1);

    public string Name => "BouncyCastle";

    public bool TryRecover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> compact, int parity, Span<byte> point)
    {
        Invariant.Require(digest.Length == UInt256Words.Size);
        Invariant.Require(compact.Length == 2 * UInt256Words.Size);
        Invariant.Require(parity is 0 or 1);
        Invariant.Require(point.Length == ISecp256k1.PointBytes);
        var r = new BigInteger(1, compact[..UInt256Words.Size]);
        var s = new BigInteger(1, compact[UInt256Words.Size..]);
        if (!InRange(r) || !InRange(s) || !TryDecompress(compact[..UInt256Words.Size], parity, out var nonce))
        {
            return false;
        }

        // Q = r^-1 (s R - e G); SEC 1, section 4.1.6. The cofactor is one, so R is in the group.
        var inverse = r.ModInverse(N);
        var u1 = new BigInteger(1, digest).Negate().Multiply(inverse).Mod(N);
        var u2 = s.Multiply(inverse).Mod(N);
        var key = ECAlgorithms.SumOfTwoMultiplies(Curve.G, u1, nonce, u2).Normalize();
        if (key.IsInfinity)
        {
            return false;
        }

        key.EncodeTo(false, point);
        return true;
    }

    public int Sign(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> digest, Span<byte> compact)
    {
        Invariant.Require(scalar.Length == UInt256Words.Size);
        Invariant.Require(digest.Length == UInt256Words.Size);
        Invariant.Require(compact.Length == 2 * UInt256Words.Size);
        var d = new BigInteger(1, scalar);
        Invariant.Require(InRange(d));
        var e = new BigInteger(1, digest);
        var nonces = new HMacDsaKCalculator(new Sha256Digest());
        nonces.Init(N, d, digest.ToArray());
        while (true)
        {
            var k = nonces.NextK();
            var point = new FixedPointCombMultiplier().Multiply(Curve.G, k).Normalize();
            var x = point.AffineXCoord.ToBigInteger();
            var s = BigIntegers.ModOddInverse(N, k).Multiply(e.Add(d.Multiply(x))).Mod(N);
            if (x.SignValue == 0 || x.CompareTo(N) >= 0 || s.SignValue == 0)
            {
                continue;
            }

            int parity = point.AffineYCoord.TestBitZero() ? 1 : 0;
            if (s.CompareTo(HalfN) > 0)
            {
                s = N.Subtract(s);
                parity ^= 1;
            }

            BigIntegers.AsUnsignedByteArray(x, compact[..UInt256Words.Size]);
            BigIntegers.AsUnsignedByteArray(s, compact[UInt256Words.Size..]);
            return parity;
        }
    }

    public bool TryGetPublicKey(ReadOnlySpan<byte> scalar, Span<byte> point)
    {
        Invariant.Require(scalar.Length == UInt256Words.Size);
        Invariant.Require(point.Length == ISecp256k1.PointBytes);
        var d = new BigInteger(1, scalar);
        if (!InRange(d))
        {
            return false;
        }

        new FixedPointCombMultiplier().Multiply(Curve.G, d).Normalize().EncodeTo(false, point);
        return true;
    }

    private static bool InRange(BigInteger value) => value.SignValue > 0 && value.CompareTo(N) < 0;

    private static bool TryDecompress(ReadOnlySpan<byte> x, int parity, out ECPoint point)
    {
        Span<byte> encoded = stackalloc byte[1 + UInt256Words.Size];
        encoded[0] = (byte)(2 + parity);
        x.CopyTo(encoded[1..]);
        try
        {
            point = Curve.Curve.DecodePoint(encoded);
            return true;
        }
        catch (ArgumentException)
        {
            // No point of the curve has this x.
            point = Curve.Curve.Infinity;
            return false;
        }
    }
}
