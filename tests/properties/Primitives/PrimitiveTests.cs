using System.Security.Cryptography;
using FsCheck;
using FsCheck.Xunit;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Properties.Cryptography;

namespace Kms.Properties.Primitives;

public class PrimitiveTests
{
    [Property]
    public void Hex_round_trips_in_both_cases_with_and_without_prefix(byte[] bytes)
    {
        var text = Hex.Encode(bytes);
        Hex.Decode(text).ShouldBe(bytes);
        foreach (var form in new[] { text, text[2..], "0x" + text[2..].ToUpperInvariant() })
        {
            Hex.TryDecode(form, bytes.Length, out var decoded).ShouldBeTrue();
            decoded.ShouldBe(bytes);
        }

        Hex.EncodeBare(bytes).ShouldBe(text[2..]);
    }

    [Property]
    public void Hex_over_the_limit_or_odd_or_with_another_character_is_refused(NonEmptyArray<byte> bytes)
    {
        var text = Hex.Encode(bytes.Get);
        Hex.TryDecode(text, bytes.Get.Length - 1, out _).ShouldBeFalse();
        Hex.TryDecode(text.AsSpan(0, text.Length - 1), bytes.Get.Length, out _).ShouldBeFalse();
        Hex.TryDecode(text[..^1] + "g", bytes.Get.Length, out _).ShouldBeFalse();
        Hex.TryDecode("0x0x", 4, out _).ShouldBeFalse();
        Hex.TryDecode("0X00", 4, out _).ShouldBeFalse();
    }

    [Property]
    public void Bytes32_round_trips_and_orders_like_its_bytes(byte[] a, byte[] b)
    {
        var (left, right) = (Keccak256.Hash(a), Keccak256.Hash(b));
        Bytes32.From(left.ToArray()).ShouldBe(left);
        Bytes32.Parse(left.ToString()).ShouldBe(left);
        Math.Sign(left.CompareTo(right)).ShouldBe(Math.Sign(left.ToArray().AsSpan().SequenceCompareTo(right.ToArray())));
    }

    [Property]
    public void Wallets_round_trip_and_order_like_their_bytes(byte[] a, byte[] b)
    {
        var left = WalletAddress.From(Keccak256.Hash(a).ToArray().AsSpan(12));
        var right = WalletAddress.From(Keccak256.Hash(b).ToArray().AsSpan(12));
        WalletAddress.From(left.ToArray()).ShouldBe(left);
        WalletAddress.Parse(left.ToString()).ShouldBe(left);
        left.ToString().ShouldBe(left.ToString().ToLowerInvariant());
        Math.Sign(left.CompareTo(right)).ShouldBe(Math.Sign(left.ToArray().AsSpan().SequenceCompareTo(right.ToArray())));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0x0000000000000000000000000000000000000000")]
    [InlineData("0x00000000000000000000000000000000000000")]
    [InlineData("0x000000000000000000000000000000000000000001")]
    [InlineData("0x000000000000000000000000000000000000000g")]
    [InlineData(" 0x0000000000000000000000000000000000000001")]
    public void Nobody_and_nonsense_are_no_wallets(string? text) => WalletAddress.TryParse(text, out _).ShouldBeFalse();

    [Property(MaxTest = 30)]
    public void Tee_keys_round_trip_in_both_forms(byte number)
    {
        using var key = Keys.Tee(number);
        TeePublicKey.From(key.PublicKey.Point).ShouldBe(key.PublicKey);
        TeePublicKey.From(key.PublicKey.ToSpki()).ShouldBe(key.PublicKey);
        TeePublicKey.TryParse(key.PublicKey.ToString(), out var parsed).ShouldBeTrue();
        parsed.ShouldBe(key.PublicKey);
        TeePublicKey.TryFrom([.. key.PublicKey.Point, 0], out _).ShouldBeFalse();
        TeePublicKey.TryFrom([.. key.PublicKey.ToSpki(), 0], out _).ShouldBeFalse();
    }

    [Property(MaxTest = 200)]
    public void A_tee_key_with_a_flipped_bit_is_refused(DoNotSize<uint> position)
    {
        // In y, x or the header: the point leaves the curve (two points share an x, but they differ in more than one bit).
        using var key = Keys.Tee(1);
        var spki = key.PublicKey.ToSpki();
        int bit = (int)(position.Item % (uint)(spki.Length * 8));
        spki[bit / 8] ^= (byte)(1 << (bit % 8));
        TeePublicKey.TryFrom(spki, out _).ShouldBeFalse();
    }

    [Fact]
    public void Other_curves_compressed_points_infinity_and_points_off_the_curve_are_no_tee_keys()
    {
        using var key = Keys.Tee(1);
        using var p256 = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var p521 = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP521);
        byte[] compressed = [0x02, .. key.PublicKey.Point[1..49]];
        byte[] hybrid = [0x06, .. key.PublicKey.Point[1..]];
        byte[] zero = [0x04, .. new byte[96]];
        byte[] outOfField = [0x04, .. Keys.Filled(0xff, 96)];
        byte[][] refused =
        [
            [], [0x00], compressed, hybrid, zero, outOfField, p256.ExportSubjectPublicKeyInfo(), p521.ExportSubjectPublicKeyInfo(),
        ];
        foreach (var bytes in refused)
        {
            TeePublicKey.TryFrom(bytes, out var none).ShouldBeFalse(Hex.Encode(bytes));
            none.ShouldBeNull();
        }
    }
}
