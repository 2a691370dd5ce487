using System.Security.Cryptography;
using FsCheck;
using FsCheck.Xunit;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Properties.Vectors;

namespace Kms.Properties.Cryptography;

public class TeePrivateKeyTests
{
    private const string Order = "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973";

    [Theory]
    [InlineData("00", false)]
    [InlineData(Order, false)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", false)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52972", true)]
    [InlineData("000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001", true)]
    [InlineData("000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000", false)]
    public void Only_scalars_from_one_to_the_order_are_keys(string scalar, bool accepted)
    {
        TeePrivateKey.TryImport(Hex.Decode(scalar), out var key).ShouldBe(accepted);
        (key is not null).ShouldBe(accepted);
        key?.Dispose();
    }

    [Fact]
    public void Scalar_one_has_the_generator_as_its_public_key()
    {
        var scalar = new byte[48];
        scalar[47] = 1;
        TeePrivateKey.TryImport(scalar, out var key).ShouldBeTrue();
        using (key)
        {
            // SP 800-186, section 3.2.1.4.
            Hex.EncodeBare(key!.PublicKey.Point[1..49]).ShouldBe("aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7");
        }
    }

    [Property(MaxTest = 30)]
    public void Agreement_is_symmetric_and_differs_by_pair(byte a, byte b)
    {
        using var alice = Keys.Tee(a);
        using var bob = Keys.Tee(b);
        using var carol = Keys.Tee((byte)(b + 1));
        Agree(alice, bob).ShouldBe(Agree(bob, alice));
        Agree(alice, carol).ShouldNotBe(Agree(alice, bob));
    }

    [Property(MaxTest = 20)]
    public void Pkcs8_round_trips(byte number)
    {
        using var key = Keys.Tee(number);
        TeePrivateKey.TryImportPkcs8(key.ExportPkcs8(), out var again).ShouldBeTrue();
        using (again)
        {
            again!.PublicKey.ShouldBe(key.PublicKey);
            Agree(again, key).ShouldBe(Agree(key, again));
        }
    }

    [Fact]
    public void Pkcs8_of_other_curves_or_with_leftovers_or_a_false_public_key_is_refused()
    {
        var good = VectorFile.Cases("odyn-envelope.json")[0].Hex("sender_private_pkcs8");
        TeePrivateKey.TryImportPkcs8(good, out var key).ShouldBeTrue();
        key!.Dispose();

        using var p256 = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var p521 = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP521);
        using var rsa = RSA.Create(2048);
        using var other = Keys.Tee(1);
        var falsePoint = (byte[])good.Clone();
        other.PublicKey.Point.CopyTo(falsePoint.AsSpan(good.Length - TeePublicKey.PointBytes));
        byte[][] refused =
        [
            [], good[..^1], [.. good, 0], [.. good, .. good], falsePoint,
            p256.ExportPkcs8PrivateKey(), p521.ExportPkcs8PrivateKey(), rsa.ExportPkcs8PrivateKey(), key.PublicKey.ToSpki(),
        ];
        foreach (var bytes in refused)
        {
            TeePrivateKey.TryImportPkcs8(bytes, out var none).ShouldBeFalse(Hex.Encode(bytes));
            none.ShouldBeNull();
        }
    }

    [Property(MaxTest = 200)]
    public void Pkcs8_with_a_flipped_bit_never_gives_the_same_key_and_never_throws(DoNotSize<uint> position)
    {
        var bytes = VectorFile.Cases("odyn-envelope.json")[0].Hex("sender_private_pkcs8");
        int bit = (int)(position.Item % (uint)(bytes.Length * 8));
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        TeePrivateKey.TryImportPkcs8(bytes, out var key).ShouldBeFalse();
        key?.Dispose();
    }

    [Fact]
    public void Agreement_into_another_length_is_refused()
    {
        using var key = Keys.Tee(1);
        Should.Throw<ArgumentException>(() => key.Agree(key.PublicKey, new byte[47]));
        key.ToString().ShouldBe("TeePrivateKey");
    }

    private static byte[] Agree(TeePrivateKey own, TeePrivateKey peer)
    {
        var x = new byte[TeePrivateKey.ScalarBytes];
        own.Agree(peer.PublicKey, x);
        return x;
    }
}
