using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.EC;

namespace Kms.Core.Primitives;

/// <summary>A P-384 public key, kept as its uncompressed SEC1 point (97 bytes, on the curve).</summary>
/// <remarks>Accepts the SPKI form (120 bytes, nothing left over, curve secp384r1) and the raw point: Odyn builds emit either.</remarks>
public sealed class TeePublicKey : IEquatable<TeePublicKey>
{
    public const int PointBytes = 97;
    public const int SpkiBytes = 120;

    // SubjectPublicKeyInfo { id-ecPublicKey, secp384r1 } up to the point; RFC 5480.
    private static readonly byte[] SpkiPrefix = Hex.Decode("3076301006072a8648ce3d020106052b81040022036200");

    private static readonly Org.BouncyCastle.Math.EC.ECCurve Curve = CustomNamedCurves.GetByName("secp384r1").Curve;

    private readonly byte[] _point;

    private TeePublicKey(byte[] point) => _point = point;

    /// <summary>The uncompressed point, 0x04 ‖ x ‖ y.</summary>
    public ReadOnlySpan<byte> Point => _point;

    /// <summary>Parses SPKI or the raw point; false for other lengths, curves, encodings and points off the curve.</summary>
    public static bool TryFrom(ReadOnlySpan<byte> bytes, out TeePublicKey? key)
    {
        key = null;
        var point = bytes;
        if (bytes.Length == SpkiBytes && bytes.StartsWith(SpkiPrefix))
        {
            point = bytes[SpkiPrefix.Length..];
        }

        if (point.Length != PointBytes || point[0] != 0x04 || !IsOnCurve(point))
        {
            return false;
        }

        key = new TeePublicKey(point.ToArray());
        return true;
    }

    public static bool TryParse(string? hex, out TeePublicKey? key)
    {
        key = null;
        return hex is not null && Hex.TryDecode(hex, SpkiBytes, out var bytes) && TryFrom(bytes, out key);
    }

    /// <exception cref="ArgumentException">Not a P-384 key in either form.</exception>
    public static TeePublicKey From(ReadOnlySpan<byte> bytes) =>
        TryFrom(bytes, out var key) ? key! : throw new ArgumentException("a P-384 public key is needed", nameof(bytes));

    /// <summary>The SubjectPublicKeyInfo form (DER).</summary>
    public byte[] ToSpki() => [.. SpkiPrefix, .. _point];

    internal ECParameters ToParameters() => new()
    {
        Curve = ECCurve.NamedCurves.nistP384,
        Q = new ECPoint { X = _point[1..49], Y = _point[49..97] },
    };

    public bool Equals(TeePublicKey? other) => other is not null && _point.AsSpan().SequenceEqual(other._point);

    public override bool Equals(object? obj) => Equals(obj as TeePublicKey);

    public override int GetHashCode() => BitConverter.ToInt32(_point, 1);

    /// <summary>Lower-case hex of the SPKI form with <c>0x</c>.</summary>
    public override string ToString() => Hex.Encode(ToSpki());

    /// <summary>The curve equation, with coordinates below the field's prime. P-384 has cofactor 1: every such point is in the group.</summary>
    private static bool IsOnCurve(ReadOnlySpan<byte> point)
    {
        try
        {
            Curve.DecodePoint(point.ToArray());
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
