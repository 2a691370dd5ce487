using System.Numerics;
using System.Security.Cryptography;
using Kms.Core.Cryptography;

namespace Kms.Sim.Enclave;

/// <summary>
/// Signs for simulated enclaves and apps with nonces that were prepared once per process: what is left of a signature is
/// arithmetic modulo the group order. The signatures are genuine (<see cref="RememberedSignatures"/>); but nonces repeat, which
/// gives the keys away, so nothing outside a simulation may ever sign like this.
/// </summary>
internal sealed class PreparedNonces : ISecp256k1
{
    private const int Count = 256;
    private const int ScalarBytes = 32;

    private static readonly BigInteger Order =
        BigInteger.Parse("0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", System.Globalization.NumberStyles.HexNumber, null);

    private readonly (BigInteger Inverse, BigInteger R, int Parity)[] _nonces = new (BigInteger, BigInteger, int)[Count];

    private PreparedNonces()
    {
        Span<byte> seed = stackalloc byte[1];
        Span<byte> point = stackalloc byte[ISecp256k1.PointBytes];
        for (int i = 0; i < Count; i++)
        {
            seed[0] = (byte)i;
            var scalar = SHA256.HashData(seed);
            if (!Secp256k1.Current.TryGetPublicKey(scalar, point))
            {
                throw new InvalidOperationException("a nonce is out of range");
            }

            var k = Read(scalar);
            _nonces[i] = (BigInteger.ModPow(k, Order - 2, Order), Read(point[1..(1 + ScalarBytes)]) % Order, point[^1] & 1);
        }
    }

    public static PreparedNonces Shared { get; } = new();

    public bool TryRecover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> compact, int parity, Span<byte> point) =>
        Secp256k1.Current.TryRecover(digest, compact, parity, point);

    public bool TryGetPublicKey(ReadOnlySpan<byte> scalar, Span<byte> point) => Secp256k1.Current.TryGetPublicKey(scalar, point);

    public int Sign(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> digest, Span<byte> compact)
    {
        var (inverse, r, parity) = _nonces[digest[^1]];
        var s = inverse * (Read(digest) + (r * Read(scalar))) % Order;
        if (s > Order / 2)
        {
            s = Order - s;
            parity ^= 1;
        }

        Write(r, compact[..ScalarBytes]);
        Write(s, compact[ScalarBytes..]);
        RememberedSignatures.Made(scalar, digest, compact, parity);
        return parity;
    }

    private static BigInteger Read(ReadOnlySpan<byte> bigEndian) => new(bigEndian, isUnsigned: true, isBigEndian: true);

    private static void Write(BigInteger value, Span<byte> destination)
    {
        destination.Clear();
        if (!value.TryWriteBytes(destination[(destination.Length - value.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true))
        {
            throw new InvalidOperationException("a scalar has 32 bytes");
        }
    }
}
