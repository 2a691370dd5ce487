using System.Numerics;
using FsCheck.Xunit;
using Kms.Adapters.Ethereum;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Properties.Adapters;

public sealed class RlpTests
{
    private static readonly WalletAddress To = WalletAddress.Parse("0x1111111111111111111111111111111111111111");

    [Property]
    public void Bytes_round_trip(byte[] value)
    {
        byte[] repeated = [.. Enumerable.Repeat(value, 30).SelectMany(static bytes => bytes)];
        foreach (byte[] bytes in (byte[][])[value, repeated])
        {
            var reader = new RlpReader(RlpWriter.Bytes(bytes));
            reader.ReadBytes().ToArray().ShouldBe(bytes);
            reader.Finish().ShouldBeTrue();
        }
    }

    [Property]
    public void Scalars_round_trip(ulong value)
    {
        var big = new BigInteger(value) * value;
        var reader = new RlpReader([.. RlpWriter.Scalar(value), .. RlpWriter.Scalar(big)]);
        reader.ReadUInt64().ShouldBe(value);
        reader.ReadScalar().ShouldBe(big);
        reader.Finish().ShouldBeTrue();
    }

    [Theory]
    [InlineData("8100")] // a byte below 0x80 is itself
    [InlineData("817f")]
    [InlineData("b80100")] // long form of a short length
    [InlineData("b8380000")] // longer than the data
    [InlineData("b90038")] // length with a leading zero
    [InlineData("bfffffffffffffffff")] // 2^64-1 bytes
    [InlineData("80ff")] // left over
    [InlineData("c0")] // a list is no byte string
    [InlineData("")]
    public void Byte_strings_that_are_not_canonical_are_refused(string hex)
    {
        var reader = new RlpReader(Hex.Decode(hex));
        reader.ReadBytes();
        reader.Finish().ShouldBeFalse();
    }

    [Theory]
    [InlineData("00")] // zero is the empty string
    [InlineData("820001")]
    [InlineData("a1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void Scalars_that_are_not_canonical_are_refused(string hex)
    {
        var reader = new RlpReader(Hex.Decode(hex));
        reader.ReadScalar();
        reader.Finish().ShouldBeFalse();
    }

    [Property(MaxTest = 30)]
    public void A_signed_transaction_round_trips(ulong chain, ulong nonce, uint tip, uint fee, uint gas, ulong value, byte[] data)
    {
        using var key = EthereumPrivateKey.Import(Enumerable.Repeat((byte)0x42, 32).ToArray());
        var asked = new UnsignedTransaction(chain, nonce, tip, new BigInteger(fee) * fee, gas, To, value, data);

        byte[] raw = DynamicFeeTransaction.Encode(asked, key.SignDigest(DynamicFeeTransaction.SigningDigest(asked)));

        DynamicFeeTransaction.TryDecode(raw, out var decoded, out var signature).ShouldBeTrue();
        (decoded with { Data = default }).ShouldBe(asked with { Data = default });
        decoded.Data.ToArray().ShouldBe(data);
        signature.TryRecoverDigest(DynamicFeeTransaction.SigningDigest(decoded), out var signer).ShouldBeTrue();
        signer.ShouldBe(key.Wallet);
    }

    [Fact]
    public void No_truncation_or_extension_of_a_transaction_decodes()
    {
        using var key = EthereumPrivateKey.Import(Enumerable.Repeat((byte)0x42, 32).ToArray());
        var asked = new UnsignedTransaction(31337, 1, 2, 3, 4, To, 0, new byte[100]);
        byte[] raw = DynamicFeeTransaction.Encode(asked, key.SignDigest(DynamicFeeTransaction.SigningDigest(asked)));
        for (int length = 0; length < raw.Length; length++)
        {
            DynamicFeeTransaction.TryDecode(raw.AsSpan(0, length), out _, out _).ShouldBeFalse($"cut to {length}");
        }

        DynamicFeeTransaction.TryDecode([.. raw, 0], out _, out _).ShouldBeFalse();
        DynamicFeeTransaction.TryDecode([0x01, .. raw[1..]], out _, out _).ShouldBeFalse("another type");
    }

    [Property]
    public void No_bytes_make_the_decoder_throw(byte[] noise)
    {
        DynamicFeeTransaction.TryDecode([0x02, .. noise], out _, out _).ShouldBeFalse();
        DynamicFeeTransaction.TryDecode([0x02, 0xf8, .. noise], out _, out _).ShouldBeFalse();
    }
}
