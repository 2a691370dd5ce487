using System.Numerics;
using FsCheck.Xunit;
using Kms.Adapters.Ethereum;
using Kms.Core;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Properties.Adapters;

public sealed class RlpTests
{
    private static readonly UnsignedTransaction Asked = new(31337, 1, 2, 3, 4, WalletAddress.Parse("0x1111111111111111111111111111111111111111"), 0, Array.Empty<byte>());
    private static readonly WalletAddress To = WalletAddress.Parse("0x1111111111111111111111111111111111111111");

    [Property]
    public void Data_of_any_length_round_trips(byte[] value)
    {
        byte[] repeated = [.. Enumerable.Repeat(value, 3).SelectMany(static bytes => bytes)];
        foreach (byte[] bytes in (byte[][])[value, repeated])
        {
            RoundTrip(Asked with { Data = bytes }).Data.ToArray().ShouldBe(bytes);
        }
    }

    [Property]
    public void Scalars_round_trip(ulong value)
    {
        var big = new BigInteger(value) * value;
        var decoded = RoundTrip(Asked with { Nonce = value, MaxFeePerGas = big });
        decoded.Nonce.ShouldBe(value);
        decoded.MaxFeePerGas.ShouldBe(big);
    }

    [Theory]
    [InlineData("80", true)] // what the others are held against
    [InlineData("7f", true)]
    [InlineData("8180", true)]
    [InlineData("8100")] // a byte below 0x80 is itself
    [InlineData("817f")]
    [InlineData("b80100")] // long form of a short length
    [InlineData("b8380000")] // longer than the data
    [InlineData("b90038")] // length with a leading zero
    [InlineData("bfffffffffffffffff")] // 2^64-1 bytes
    [InlineData("80ff")] // left over
    [InlineData("c0")] // a list is no byte string
    [InlineData("")]
    public void Byte_strings_that_are_not_canonical_are_refused(string hex, bool canonical = false) =>
        DynamicFeeTransaction.TryDecode(WithField(7, Hex.Decode("0x" + hex)), out _, out _).ShouldBe(canonical);

    [Theory]
    [InlineData("80", true)]
    [InlineData("01", true)]
    [InlineData("00")] // zero is the empty string
    [InlineData("820001")]
    [InlineData("a1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void Scalars_that_are_not_canonical_are_refused(string hex, bool canonical = false)
    {
        foreach (int field in (int[])[0, 1, 2, 3, 4, 6])
        {
            DynamicFeeTransaction.TryDecode(WithField(field, Hex.Decode("0x" + hex)), out _, out _).ShouldBe(canonical, $"field {field}");
        }
    }

    [Theory]
    [InlineData(8, "c1c0")] // an access list
    [InlineData(8, "80")] // no list
    [InlineData(5, "80")] // creation of a contract
    [InlineData(5, "940000000000000000000000000000000000000000")]
    [InlineData(0, "89010000000000000000")] // 2^64
    [InlineData(9, "02")] // no parity
    [InlineData(10, "a1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void What_no_transaction_of_a_node_has_is_refused(int field, string hex) =>
        DynamicFeeTransaction.TryDecode(WithField(field, Hex.Decode("0x" + hex)), out _, out _).ShouldBeFalse();

    /// <summary>The library makes an array of the length that is claimed before it looks: 2 GiB of twenty bytes.</summary>
    [Theory]
    [InlineData("ba810503")]
    [InlineData("bb7fffffc7")]
    [InlineData("fb7fffffc7")]
    [InlineData("bf7fffffffffffffff")]
    public void A_length_that_is_claimed_is_not_allocated(string hex)
    {
        byte[] item = Hex.Decode("0x" + hex);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (byte[] raw in (byte[][])[[0x02, .. item], WithField(7, item), WithField(8, item), WithField(8, List(item)), WithField(11, item)])
        {
            DynamicFeeTransaction.TryDecode(raw, out _, out _).ShouldBeFalse();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
    }

    /// <summary>The library's reader recurses: 40,000 lists in each other end the process.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(150)]
    [InlineData(40_000)]
    public void Lists_in_lists_are_refused(int depth)
    {
        DynamicFeeTransaction.TryDecode([0x02, .. Nested(depth)], out _, out _).ShouldBeFalse();
        DynamicFeeTransaction.TryDecode(WithField(8, Nested(depth + 1)), out _, out _).ShouldBeFalse();
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
        byte[] raw = WithField(7, noise);
        if (DynamicFeeTransaction.TryDecode(raw, out var transaction, out var signature))
        {
            DynamicFeeTransaction.Encode(transaction, signature).ShouldBe(raw);
        }
    }

    [Fact]
    public void What_is_longer_than_any_transaction_of_a_node_is_not_read()
    {
        var most = new UnsignedTransaction(ulong.MaxValue, ulong.MaxValue, MaxWord, MaxWord, ulong.MaxValue, To, MaxWord, new byte[68]);
        byte[] raw = Sign(most);
        raw.Length.ShouldBe(289);
        DynamicFeeTransaction.TryDecode(raw, out _, out _).ShouldBeTrue();

        int longest = Limits.MaxTransactionBytes - (Sign(most with { Data = new byte[300] }).Length - 300);
        DynamicFeeTransaction.TryDecode(Sign(most with { Data = new byte[longest] }), out _, out _).ShouldBeTrue();
        DynamicFeeTransaction.TryDecode(Sign(most with { Data = new byte[longest + 1] }), out _, out _).ShouldBeFalse();
    }

    private static BigInteger MaxWord => (BigInteger.One << 256) - 1;

    private static UnsignedTransaction RoundTrip(UnsignedTransaction asked)
    {
        DynamicFeeTransaction.TryDecode(Sign(asked), out var decoded, out _).ShouldBeTrue();
        return decoded;
    }

    private static byte[] Sign(UnsignedTransaction asked)
    {
        using var key = EthereumPrivateKey.Import(Enumerable.Repeat((byte)0x42, 32).ToArray());
        return DynamicFeeTransaction.Encode(asked, key.SignDigest(DynamicFeeTransaction.SigningDigest(asked)));
    }

    /// <summary>A signed transaction, written by hand, with one of its twelve fields given as it is encoded.</summary>
    private static byte[] WithField(int index, byte[] encoded)
    {
        byte[][] fields =
        [
            [0x01], [0x02], [0x03], [0x04], [0x05], [0x94, .. To.ToArray()], [0x06], [0x07], [0xc0],
            [0x80], [0xa0, .. Enumerable.Repeat((byte)1, 32)], [0xa0, .. Enumerable.Repeat((byte)1, 32)],
        ];
        fields[index] = encoded;
        return [0x02, .. List([.. fields.SelectMany(static field => field)])];
    }

    private static byte[] List(byte[] payload) => [.. Header(payload.Length), .. payload];

    private static byte[] Nested(int depth)
    {
        var backwards = new List<byte>();
        for (int i = 0; i < depth; i++)
        {
            backwards.AddRange(Header(backwards.Count).Reverse());
        }

        backwards.Reverse();
        return [.. backwards];
    }

    private static byte[] Header(int length) => length switch
    {
        <= 55 => [(byte)(0xc0 + length)],
        <= byte.MaxValue => [0xf8, (byte)length],
        <= ushort.MaxValue => [0xf9, (byte)(length >> 8), (byte)length],
        _ => [0xfa, (byte)(length >> 16), (byte)(length >> 8), (byte)length],
    };
}
