using FsCheck.Xunit;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Properties.Cryptography;

public class NodeRandomTests
{
    [Property]
    public void The_same_sources_and_requests_give_the_same_stream(byte odyn, byte host, ushort length)
    {
        Draw(odyn, host, length % 4_096).ShouldBe(Draw(odyn, host, length % 4_096));
    }

    [Property]
    public void Either_source_alone_changes_the_stream(byte odyn, byte host)
    {
        var bytes = Draw(odyn, host, 32);
        Draw((byte)(odyn + 1), host, 32).ShouldNotBe(bytes);
        Draw(odyn, (byte)(host + 1), 32).ShouldNotBe(bytes);
    }

    [Fact]
    public void A_constant_Odyn_source_still_gives_every_host_another_stream()
    {
        var streams = Enumerable.Range(0, 256).Select(host => Hex.Encode(Draw(0, (byte)host, 32)));
        streams.Distinct().Count().ShouldBe(256);
    }

    [Fact]
    public void Bytes_do_not_move_between_the_sources()
    {
        using var one = new NodeRandom(Keys.Filled(1, 33), Keys.Filled(1, 32));
        using var two = new NodeRandom(Keys.Filled(1, 32), Keys.Filled(1, 33));
        Fill(one, 32).ShouldNotBe(Fill(two, 32));
    }

    [Fact]
    public void No_block_repeats_within_and_between_requests()
    {
        using var random = Keys.Random(1);
        var blocks = Enumerable.Range(0, 200).SelectMany(_ => Fill(random, 320).Chunk(16)).Select(block => Hex.Encode(block)).ToList();
        blocks.Distinct().Count().ShouldBe(blocks.Count);
    }

    [Fact]
    public void Bits_are_balanced()
    {
        using var random = Keys.Random(2);
        int ones = Fill(random, 125_000).Sum(value => int.PopCount(value));

        // A million fair coins: 500,000 with a standard deviation of 500.
        ones.ShouldBeInRange(497_500, 502_500);
    }

    [Fact]
    public void Mixing_changes_the_stream_and_depends_on_what_is_mixed()
    {
        Mixed([1]).ShouldNotBe(Draw(1, 0x55, 32));
        Mixed([1]).ShouldNotBe(Mixed([2]));
        Mixed([1]).ShouldBe(Mixed([1]));
    }

    [Fact]
    public void Asking_twice_is_not_asking_once_because_the_key_is_erased_between()
    {
        using var twice = Keys.Random(3);
        using var once = Keys.Random(3);
        byte[] halves = [.. Fill(twice, 16), .. Fill(twice, 16)];
        var whole = Fill(once, 32);
        halves[..16].ShouldBe(whole[..16]);
        halves[16..].ShouldNotBe(whole[16..]);
    }

    [Fact]
    public void The_stream_is_ChaCha20_as_RFC_8439_defines_it()
    {
        // RFC 8439, section 2.4.2 has no zero nonce; appendix A.1, test vector 3 is block 1 of key 00..01 with nonce zero.
        using var random = Keys.Random(1);
        var field = typeof(NodeRandom).GetField("_key", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!;
        var key = (byte[])field.GetValue(random)!;
        key.AsSpan().Clear();
        key[31] = 1;
        var given = Fill(random, 32);
        byte[] stream = [.. key, .. given];
        Hex.EncodeBare(stream).ShouldBe(
            "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a"
            + "8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0");
    }

    [Fact]
    public void Tee_keys_are_fresh_and_follow_the_stream()
    {
        using var random = Keys.Random(1);
        using var first = random.NextTeeKey();
        using var second = random.NextTeeKey();
        using var again = Keys.Tee(1);
        second.PublicKey.ShouldNotBe(first.PublicKey);
        again.PublicKey.ShouldBe(first.PublicKey);
    }

    [Theory]
    [InlineData(31, 32)]
    [InlineData(32, 31)]
    [InlineData(0, 32)]
    public void Short_sources_are_refused(int odyn, int host) =>
        Should.Throw<ArgumentException>(() => new NodeRandom(new byte[odyn], new byte[host]));

    [Fact]
    public void After_disposal_nothing_is_given_out()
    {
        var random = Keys.Random(1);
        random.Dispose();
        Should.Throw<ObjectDisposedException>(() => Fill(random, 1));
        Should.Throw<ObjectDisposedException>(() => random.Mix([1]));
        random.ToString().ShouldBe("NodeRandom");
    }

    private static byte[] Draw(byte odyn, byte host, int length)
    {
        using var random = new NodeRandom(Keys.Filled(odyn, 32), Keys.Filled(host, 32));
        return Fill(random, length);
    }

    private static byte[] Mixed(byte[] entropy)
    {
        using var random = Keys.Random(1);
        random.Mix(entropy);
        return Fill(random, 32);
    }

    private static byte[] Fill(NodeRandom random, int length)
    {
        var bytes = new byte[length];
        random.Fill(bytes);
        return bytes;
    }
}
