using System.Text;
using FsCheck.Xunit;
using Kms.Adapters.Ethereum;
using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using static Kms.Properties.Adapters.AbiSample;

namespace Kms.Properties.Adapters;

public sealed class AbiAnswersTests
{
    private static readonly WalletAddress Wallet = WalletAddress.Parse("0x1111111111111111111111111111111111111111");
    private static readonly AppId App = AppId.From(7);

    [Property]
    public void An_instance_decodes_to_what_was_encoded(uint id, uint app, uint version, string? text, byte[] key, bool zk, byte status)
    {
        string url = (text ?? string.Empty).Replace("\ud800", "x", StringComparison.Ordinal);
        byte[] utf8 = Encoding.UTF8.GetBytes(url);
        byte[] data = Instance(id + 1UL, app + 1UL, version + 1UL, utf8, key, Wallet, zk, (ulong)status % 3);

        AbiAnswers.TryInstance(data, Wallet, out var instance).ShouldBeTrue();

        instance.ShouldNotBeNull();
        instance.Id.Value.ShouldBe(id + 1UL);
        instance.App.Value.ShouldBe(app + 1UL);
        instance.Version.Value.ShouldBe(version + 1UL);
        instance.Url.ShouldBe(Encoding.UTF8.GetString(utf8));
        instance.TeePublicKey.ShouldBeNull();
        instance.ZkVerified.ShouldBe(zk);
        instance.Status.ShouldBe((InstanceStatus)(status % 3));
    }

    [Fact]
    public void Every_truncation_extension_and_misplaced_byte_is_refused()
    {
        byte[] data = Instance(1, 2, 3, "https://node"u8.ToArray(), new byte[33], Wallet, true, 0);
        for (int length = 0; length < data.Length; length++)
        {
            AbiAnswers.TryInstance(data.AsSpan(0, length), Wallet, out _).ShouldBeFalse($"cut to {length}");
        }

        AbiAnswers.TryInstance([.. data, .. new byte[32]], Wallet, out _).ShouldBeFalse("a word left over");
        AbiAnswers.TryInstance([.. data, 0], Wallet, out _).ShouldBeFalse("a byte left over");

        // The outer offset, both inner offsets, both lengths, and both paddings have one valid value each.
        foreach (int at in (int[])[31, 0, (32 * 5) + 31, (32 * 5) + 23, (32 * 6) + 31, (32 * 11) + 31, (32 * 12) + 31, (32 * 13) + 31, (32 * 13) + 24, data.Length - 1])
        {
            byte[] bent = [.. data];
            bent[at] ^= 0x40;
            AbiAnswers.TryInstance(bent, Wallet, out _).ShouldBeFalse($"byte {at} changed");
        }
    }

    [Property]
    public void No_bytes_make_a_decoder_throw(byte[] noise, byte words)
    {
        byte[] data = new byte[words * 32];
        noise.AsSpan(0, Math.Min(noise.Length, data.Length)).CopyTo(data);
        foreach (byte[] input in (byte[][])[noise, data, [.. Word(32), .. data], [.. Word(ulong.MaxValue), .. data], [.. Word(32), .. Word(ulong.MaxValue), .. data]])
        {
            AbiAnswers.TryInstance(input, Wallet, out _);
            AbiAnswers.TryVersion(input, App, VersionId.From(1), out _);
            AbiAnswers.TryApp(input, App, out _);
            AbiAnswers.TryNodeState(input, out _);
            AbiAnswers.TryEpochs(input, 1, out _);
            AbiAnswers.TryWallets(input, Limits.MaxOperators, out var operators).ShouldBe(operators.Count > 0 || input.AsSpan().SequenceEqual([.. Word(32), .. Word(0)]));
        }
    }

    [Fact]
    public void Ids_beyond_64_bits_are_refused()
    {
        byte[] data = Instance(1, 2, 3, [], [], Wallet, true, 0);
        foreach (int field in (int[])[0, 1, 2])
        {
            byte[] bent = [.. data];
            bent[(32 * (1 + field)) + 23] = 1;
            AbiAnswers.TryInstance(bent, Wallet, out _).ShouldBeFalse($"field {field} is 2^64 and more");
        }
    }

    [Fact]
    public void Dirty_addresses_and_booleans_are_refused()
    {
        byte[] data = Instance(1, 2, 3, [], [], Wallet, true, 0);
        foreach (int at in (int[])[32 * 4, 32 * 7, (32 * 8) + 30])
        {
            byte[] bent = [.. data];
            bent[at] = 1;
            AbiAnswers.TryInstance(bent, Wallet, out _).ShouldBeFalse($"byte {at}");
        }

        byte[] two = [.. data];
        two[(32 * 8) + 31] = 2;
        AbiAnswers.TryInstance(two, Wallet, out _).ShouldBeFalse("a boolean of 2");
    }

    [Fact]
    public void A_record_of_another_wallet_or_version_or_app_is_refused()
    {
        var other = WalletAddress.Parse("0x2222222222222222222222222222222222222222");
        AbiAnswers.TryInstance(Instance(1, 2, 3, [], [], other, true, 0), Wallet, out _).ShouldBeFalse();
        AbiAnswers.TryVersion(Version(2, 0), App, VersionId.From(1), out _).ShouldBeFalse();
        AbiAnswers.TryApp(AppTuple(8, 0, withWallet: true), App, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_zeroed_record_is_no_record()
    {
        AbiAnswers.TryInstance(Tuple(Zeroed(4), Tail(Dynamic([])), Tail(Dynamic([])), Zeroed(4)), Wallet, out var instance).ShouldBeTrue();
        instance.ShouldBeNull();
        AbiAnswers.TryVersion(Version(0, 0), App, VersionId.From(1), out var version).ShouldBeTrue();
        version.ShouldBeNull();
        AbiAnswers.TryApp(AppTuple(0, 0, withWallet: true), App, out var app).ShouldBeTrue();
        app.ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Both_layouts_of_getApp_decode(bool withWallet)
    {
        AbiAnswers.TryApp(AppTuple(7, 1, withWallet), App, out var app).ShouldBeTrue();
        app.ShouldBe(new AppRecord(App, AppStatus.Inactive));
    }

    [Fact]
    public void A_status_that_we_do_not_know_grants_nothing_and_stops_nothing()
    {
        AbiAnswers.TryInstance(Instance(1, 2, 3, [], [], Wallet, true, 3), Wallet, out var instance).ShouldBeTrue();
        instance.ShouldBeNull();
        AbiAnswers.TryVersion(Version(1, 3), App, VersionId.From(1), out var version).ShouldBeTrue();
        version.ShouldBeNull();
        AbiAnswers.TryApp(AppTuple(7, 3, withWallet: true), App, out var app).ShouldBeTrue();
        app.ShouldBeNull();
    }

    [Fact]
    public void A_hostile_url_or_key_leaves_the_record_but_cannot_be_used()
    {
        byte[] longUrl = Enumerable.Repeat((byte)'a', Limits.MaxInstanceUrlBytes + 1).ToArray();
        AbiAnswers.TryInstance(Instance(1, 2, 3, longUrl[1..], [], Wallet, true, 0), Wallet, out var longest).ShouldBeTrue();
        longest!.Url.Length.ShouldBe(Limits.MaxInstanceUrlBytes);
        foreach (byte[] url in (byte[][])[longUrl, [0xff, 0xfe]])
        {
            AbiAnswers.TryInstance(Instance(1, 2, 3, url, new byte[5000], Wallet, true, 0), Wallet, out var instance).ShouldBeTrue();
            instance.ShouldNotBeNull().Url.ShouldBeEmpty();
            instance.TeePublicKey.ShouldBeNull();
        }
    }

    [Fact]
    public void Operator_lists_are_bounded_and_hold_no_zero_and_no_repeat()
    {
        AbiAnswers.TryWallets(Operators(Limits.MaxOperators), Limits.MaxOperators, out var full).ShouldBeTrue();
        full.Count.ShouldBe(Limits.MaxOperators);
        AbiAnswers.TryWallets(Operators(Limits.MaxOperators + 1), Limits.MaxOperators, out _).ShouldBeFalse();
        AbiAnswers.TryWallets(Operators(Limits.MaxActiveInstances), Limits.MaxActiveInstances, out var active).ShouldBeTrue();
        active.Count.ShouldBe(Limits.MaxActiveInstances);
        AbiAnswers.TryWallets(Operators(Limits.MaxActiveInstances + 1), Limits.MaxActiveInstances, out _).ShouldBeFalse();
        Operators(Limits.MaxActiveInstances).Length.ShouldBeLessThanOrEqualTo(Limits.MaxRpcDataBytes, "an answer at the bound is read");
        AbiAnswers.TryWallets([.. Word(32), .. Words(Word(0))], Limits.MaxOperators, out _).ShouldBeFalse();
        AbiAnswers.TryWallets([.. Word(32), .. Words(Word(5), Word(5))], Limits.MaxOperators, out _).ShouldBeFalse();
        AbiAnswers.TryWallets([.. Word(32), .. Word(ulong.MaxValue)], Limits.MaxOperators, out _).ShouldBeFalse();
        AbiAnswers.TryWallets([.. Word(32), .. Word(int.MaxValue)], Limits.MaxOperators, out _).ShouldBeFalse();
    }

    [Fact]
    public void Epochs_are_exactly_as_many_as_the_state_says()
    {
        byte[] epoch = [.. Left([9]), .. Left(Wallet.ToArray()), .. Word(100), .. Word(3), .. Word(1)];
        byte[] page = [.. Word(32), .. Words(epoch, epoch)];
        AbiAnswers.TryEpochs(page, 2, out var epochs).ShouldBeTrue();
        epochs[1].ShouldBe(new EpochRecord(Epoch.From(2), Bytes32.From(Left([9])), Wallet, 100, 3, true));
        AbiAnswers.TryEpochs(page, 1, out _).ShouldBeFalse();
        AbiAnswers.TryEpochs(page, 3, out _).ShouldBeFalse();
    }

    [Fact]
    public void As_many_epochs_and_measurements_as_the_limits_say_are_read_and_not_one_more()
    {
        byte[] epoch = [.. Left([9]), .. Left(Wallet.ToArray()), .. Word(100), .. Word(3), .. Word(0)];
        byte[] Page(int count) => [.. Word(32), .. Words([.. Enumerable.Repeat(epoch, count)])];
        AbiAnswers.TryEpochs(Page(Limits.MaxEpochs), Limits.MaxEpochs, out var epochs).ShouldBeTrue();
        epochs.Count.ShouldBe(Limits.MaxEpochs);
        AbiAnswers.TryEpochs(Page(Limits.MaxEpochs + 1), Limits.MaxEpochs + 1, out _).ShouldBeFalse();

        AbiAnswers.TryNodeState(State(Limits.MaxApprovedMeasurements), out var state).ShouldBeTrue();
        state!.ApprovedMeasurements.Count.ShouldBe(Limits.MaxApprovedMeasurements);
        AbiAnswers.TryNodeState(State(Limits.MaxApprovedMeasurements + 1), out _).ShouldBeFalse();
    }

    /// <summary>No app, no epoch, no proposal: zero words, but for the measurements.</summary>
    private static byte[] State(int measurements) =>
        Tuple(Zeroed(16), Tail(Words([.. Enumerable.Range(1, measurements).Select(static i => Word((ulong)i))])));

    private static byte[] Instance(ulong id, ulong app, ulong version, byte[] url, byte[] key, WalletAddress wallet, bool zk, ulong status) => Tuple(
        Static(Word(id)),
        Static(Word(app)),
        Static(Word(version)),
        Static(Left(Wallet.ToArray())),
        Tail(Dynamic(url)),
        Tail(Dynamic(key)),
        Static(Left(wallet.ToArray())),
        Static(Word(zk ? 1UL : 0)),
        Static(Word(status)),
        Static(Word(1_700_000_000)));

    private static byte[] Version(ulong id, ulong status) => Tuple(
        Static(Word(id)),
        Tail(Dynamic("1.0"u8.ToArray())),
        Static(Left([1])),
        Tail(Dynamic([])),
        Tail(Dynamic([])),
        Tail(Dynamic(new byte[40])),
        Tail(Dynamic([])),
        Static(Word(status)),
        Static(Word(0)),
        Static(Word(0)));

    private static byte[] AppTuple(ulong id, ulong status, bool withWallet)
    {
        (bool, byte[])[] old =
        [
            Static(Word(id)), Static(Left(Wallet.ToArray())), Static(Word(0)), Static(Word(0)), Tail(Dynamic("ipfs://x"u8.ToArray())),
            Static(Word(1)), Static(Word(0)), Static(Word(status)),
        ];
        return withWallet ? Tuple([.. old, Static(Left(Wallet.ToArray()))]) : Tuple(old);
    }

    private static (bool Dynamic, byte[] Bytes) Zeroed(int words) => Static(new byte[32 * words]);

    private static byte[] Operators(int count) => [.. Word(32), .. Words([.. Enumerable.Range(1, count).Select(static i => Word((ulong)i))])];
}
