using FsCheck;
using FsCheck.Xunit;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Properties.Vectors;
using Kms.Sim.Enclave;

namespace Kms.Properties.Cryptography;

public class EthereumSignatureTests
{
    public static TheoryData<string> CurveNames => Curves.Names;

    [Fact]
    public void The_product_recovers_with_the_native_library()
    {
        // Simulations beside this test put their memory around it.
        var curve = Secp256k1.Current is RememberedSignatures around ? around.Real : Secp256k1.Current;
        curve.ShouldBeOfType<LibSecp256k1>();
    }

    [Theory]
    [MemberData(nameof(CurveNames))]
    public void Every_vector_signs_to_the_same_bytes_and_recovers_its_signer(string name)
    {
        var curve = Curves.Named(name);
        foreach (var vector in VectorFile.Cases("eip191.json"))
        {
            using var key = EthereumPrivateKey.Import(vector.Hex("private_key"), curve);
            var message = vector.Text("message");
            var digest = PersonalMessage.Digest(message);
            digest.ShouldBe(Bytes32.From(vector.Hex("eip191_digest")));
            key.SignMessage(message).ToString().ShouldBe(vector.Text("signature"));

            EthereumSignature.TryParse(vector.Text("signature"), out var signature).ShouldBeTrue();
            signature!.TryRecoverDigest(digest, curve, out var signer).ShouldBeTrue();
            signer.ShouldBe(WalletAddress.Parse(vector.Text("address")));
            key.Wallet.ShouldBe(signer);
        }
    }

    [Fact]
    public void Both_ways_of_writing_v_name_one_signer_and_have_one_form_inside()
    {
        foreach (var vector in VectorFile.Cases("eip191-v01.json"))
        {
            EthereumSignature.TryParse(vector.Text("signature_v27"), out var usual).ShouldBeTrue();
            EthereumSignature.TryParse(vector.Text("signature_v0"), out var bare).ShouldBeTrue();
            bare!.Bytes.ToArray().ShouldBe(usual!.Bytes.ToArray());
            bare.ToString().ShouldBe(vector.Text("signature_v27"));
            bare.AsGiven.ShouldBe(vector.Text("signature_v0"));
            usual.AsGiven.ShouldBe(vector.Text("signature_v27"));
            usual.AsBare().AsGiven.ShouldBe(vector.Text("signature_v0"));
            bare.TryRecover(vector.Text("message"), out var signer).ShouldBeTrue();
            signer.ShouldBe(WalletAddress.Parse(vector.Text("wallet")));
        }
    }

    [Fact]
    public void Any_other_v_is_refused()
    {
        var bytes = VectorFile.Cases("eip191-v01.json")[0].Hex("signature_v0");
        var taken = Enumerable.Range(0, 256).Where(v => EthereumSignature.TryFrom([.. bytes.AsSpan(0, 64), (byte)v], out _));
        taken.ShouldBe([0, 1, 27, 28]);
    }

    [Fact]
    public void Every_rejected_vector_is_refused_by_the_parser()
    {
        foreach (var vector in VectorFile.Cases("eip191-rejected.json"))
        {
            EthereumSignature.TryParse(vector.Text("signature"), out _).ShouldBeFalse(vector.Text("why"));
        }
    }

    [Property(MaxTest = 50)]
    public void The_product_signs_the_same_bytes_and_recovers_the_same_signer_as_another_implementation(byte[] seed, byte[] message)
    {
        using var other = Key(seed, Curves.Independent);
        var digest = Keccak256.Hash(message);
        var expected = other.SignDigest(digest);
        foreach (var curve in Curves.Both)
        {
            using var key = Key(seed, curve);
            key.Wallet.ShouldBe(other.Wallet);
            key.SignDigest(digest).Bytes.ToArray().ShouldBe(expected.Bytes.ToArray());
            expected.TryRecoverDigest(digest, curve, out var signer).ShouldBeTrue();
            signer.ShouldBe(other.Wallet);
        }
    }

    [Property(MaxTest = 50)]
    public void Both_implementations_agree_on_arbitrary_signatures(byte[] r, byte[] s, bool odd, byte[] message)
    {
        byte[] bytes = [.. Keccak256.Hash(r).ToArray(), .. Keccak256.Hash(s).ToArray(), (byte)(odd ? 28 : 27)];
        bytes[32] &= 0x7f;
        if (!EthereumSignature.TryFrom(bytes, out var signature))
        {
            return;
        }

        var answers = Curves.Both
            .Select(curve => (Ok: signature.TryRecoverDigest(Keccak256.Hash(message), curve, out var signer), signer))
            .Distinct();
        answers.Count().ShouldBe(1);
    }

    [Theory]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364142")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public void Digests_at_and_above_the_group_order_sign_alike_and_recover(string digest)
    {
        var signatures = new HashSet<string>();
        foreach (var curve in Curves.Both)
        {
            using var key = Key([7], curve);
            var signature = key.SignDigest(Bytes32.Parse(digest));
            signatures.Add(signature.ToString());
            signature.TryRecoverDigest(Bytes32.Parse(digest), curve, out var signer).ShouldBeTrue();
            signer.ShouldBe(key.Wallet);
        }

        signatures.Count.ShouldBe(1);
    }

    [Property(MaxTest = 100)]
    public void A_signature_never_recovers_its_signer_after_a_flipped_bit(byte[] seed, byte[] message, DoNotSize<uint> position)
    {
        using var key = Key(seed, Secp256k1.Current);
        var digest = Keccak256.Hash(message);
        var bytes = key.SignDigest(digest).Bytes.ToArray();
        int bit = (int)(position.Item % (uint)(bytes.Length * 8));
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        bool recovered = EthereumSignature.TryFrom(bytes, out var forged) & (forged?.TryRecoverDigest(digest, out var signer) ?? Otherwise(out signer));
        (recovered && signer == key.Wallet).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("0X{0}")]
    [InlineData(" {0}")]
    [InlineData("{0} ")]
    [InlineData("{0}\n")]
    [InlineData("0x0x{0}")]
    [InlineData("{0}0")]
    public void Text_around_the_hex_is_refused(string format)
    {
        using var key = Key([1], Secp256k1.Current);
        var hex = key.SignMessage("m").ToString()[2..];
        EthereumSignature.TryParse(hex, out _).ShouldBeTrue();
        EthereumSignature.TryParse("0x" + hex.ToUpperInvariant(), out _).ShouldBeTrue();
        EthereumSignature.TryParse(format.Replace("{0}", hex, StringComparison.Ordinal), out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("01")]
    public void A_scalar_out_of_range_is_refused_by_both(string scalar)
    {
        foreach (var curve in Curves.Both)
        {
            Should.Throw<ArgumentException>(() => EthereumPrivateKey.Import(Hex.Decode(scalar), curve));
        }
    }

    [Fact]
    public void A_disposed_key_signs_nothing()
    {
        var key = Key([1], Secp256k1.Current);
        key.Dispose();
        Should.Throw<ObjectDisposedException>(() => key.SignMessage("m"));
    }

    [Fact]
    public void A_key_prints_only_its_type() => Key([1], Secp256k1.Current).ToString().ShouldBe("EthereumPrivateKey");

    private static bool Otherwise(out WalletAddress none)
    {
        none = default;
        return false;
    }

    private static EthereumPrivateKey Key(byte[] seed, ISecp256k1 curve) => EthereumPrivateKey.Import(Keccak256.Hash(seed).ToArray(), curve);
}
