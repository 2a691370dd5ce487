using System.Diagnostics;
using System.Numerics;
using System.Reflection;
using FsCheck.Xunit;
using Kms.Adapters.Ethereum;
using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Nethereum.ABI.FunctionEncoding;
using Nethereum.ABI.FunctionEncoding.Attributes;
using static Kms.Properties.Adapters.AbiSample;

namespace Kms.Properties.Adapters;

/// <summary>What Nethereum.ABI does on hostile bytes and on many threads, and our own reader held against it.</summary>
public sealed class AbiMessageTests
{
    private static readonly WalletAddress Wallet = WalletAddress.Parse("0x00112233445566778899aabbccddeeff00112233");
    private static readonly AppId App = AppId.From(7);

    /// <summary>Of a length of 2^27 the library makes 2 GiB of elements; an offset of its own choice leads it there.</summary>
    [Fact]
    public void No_length_and_no_offset_costs_more_than_the_data()
    {
        byte[] state = new RecordedAnswer(Outputs(AbiCalls.NodeState()), new() { ["epochCount"] = 9UL, ["defaultEpoch"] = 8UL }).Bytes;
        byte[] app = new RecordedAnswer(Outputs(AbiCalls.GetApp(App)), new() { ["appId"] = App.Value }).Bytes;
        AbiAnswers.TryNodeState(state, out _).ShouldBeTrue();
        AbiAnswers.TryApp(app, App, out _).ShouldBeTrue();
        ulong[] hostile = [1, 31, 32, 33, 544, 576, 577, 1ul << 20, 1ul << 26, 1ul << 27, (1ul << 27) + 1, 1ul << 30, (1ul << 31) - 1, 1ul << 31, uint.MaxValue, ulong.MaxValue];
        var clock = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        int read = 0;
        foreach (ulong value in hostile)
        {
            foreach (byte[] answer in (byte[][])[state, app])
            {
                for (int word = 0; word < answer.Length / 32; word++)
                {
                    byte[] bent = [.. answer];
                    Word(value).CopyTo(bent, word * 32);
                    _ = AbiAnswers.TryNodeState(bent, out _);
                    _ = AbiAnswers.TryApp(bent, App, out _);
                    _ = AbiAnswers.TryVersion(bent, App, VersionId.From(1), out _);
                    read++;
                }
            }
        }

        ((GC.GetAllocatedBytesForCurrentThread() - before) / read).ShouldBeLessThan(1_000_000);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }

    /// <summary>The library copies what is left of the data for each field that is elsewhere; that is all.</summary>
    [Fact]
    public void The_largest_answer_costs_a_small_multiple_of_itself()
    {
        byte[] text = new byte[Limits.MaxRpcDataBytes - (20 * 32)];
        byte[] data = Tuple(
            Static(Word(1)), Tail(Dynamic([])), Static(Word(1)), Tail(Dynamic([])), Tail(Dynamic([])), Tail(Dynamic([])), Tail(Dynamic(text)), Static(Word(0)), Static(Word(0)), Static(Word(0)));
        data.Length.ShouldBeLessThanOrEqualTo(Limits.MaxRpcDataBytes);
        AbiAnswers.TryVersion(data, App, VersionId.From(1), out _).ShouldBeTrue();
        long before = GC.GetAllocatedBytesForCurrentThread();
        AbiAnswers.TryVersion(data, App, VersionId.From(1), out _).ShouldBeTrue();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(30L * data.Length);
    }

    /// <summary>Two windows on one list: where the offset points and where a canonical encoding has it.</summary>
    [Fact]
    public void A_list_that_is_elsewhere_is_not_read()
    {
        byte[] state = new RecordedAnswer(Outputs(AbiCalls.NodeState()), new() { ["epochCount"] = 9UL, ["defaultEpoch"] = 8UL }).Bytes;
        byte[] bent = [.. state];
        Word((17 * 32) - 1).CopyTo(bent, 17 * 32);
        long before = GC.GetAllocatedBytesForCurrentThread();
        AbiAnswers.TryNodeState(bent, out _).ShouldBeFalse();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000, "refused before the library saw it");
    }

    [Fact]
    public void No_other_message_has_a_list() =>
        typeof(RegistryMessages).GetNestedTypes(BindingFlags.NonPublic)
            .SelectMany(static type => type.GetProperties())
            .Where(static property => property.GetCustomAttribute<ParameterAttribute>()!.Type.Contains('['))
            .ShouldHaveSingleItem().Name.ShouldBe("ApprovedMeasurements", "whose length is bounded before it is decoded");

    /// <summary>Contracts do not check text. An app's owner must not stop the read of its record.</summary>
    [Fact]
    public void Text_that_is_no_UTF8_is_read_past()
    {
        byte[] app = new RecordedAnswer(Outputs(AbiCalls.GetApp(App)), new() { ["appId"] = App.Value }).Bytes;
        byte[] version = new RecordedAnswer(Outputs(AbiCalls.GetVersion(App, VersionId.From(3))), new() { ["versionId"] = 3UL }).Bytes;
        foreach (byte[] answer in (byte[][])[app, version])
        {
            answer.AsSpan().Replace((byte)'x', (byte)0xff);
        }

        app.ShouldContain((byte)0xff);
        AbiAnswers.TryApp(app, App, out var readApp).ShouldBeTrue();
        readApp.ShouldNotBeNull();
        AbiAnswers.TryVersion(version, App, VersionId.From(3), out var readVersion).ShouldBeTrue();
        readVersion.ShouldNotBeNull();
    }

    [Property(MaxTest = 200)]
    public void What_is_decoded_is_what_encodes_to_the_same_bytes(byte[] noise, ushort at, byte bit)
    {
        byte[] version = new RecordedAnswer(Outputs(AbiCalls.GetVersion(App, VersionId.From(3))), new() { ["versionId"] = 3UL }).Bytes;
        noise.CopyTo(version, Math.Min(at % version.Length, version.Length - Math.Min(noise.Length, version.Length)));
        version[at % version.Length] ^= (byte)(1 << (bit % 8));
        if (AbiMessage.TryDecode<RegistryMessages.GetVersionAnswer>(version, out var message))
        {
            new ParametersEncoder().EncodeParametersFromTypeAttributes(typeof(RegistryMessages.GetVersionAnswer), message).ShouldBe(version);
        }
    }

    [Fact]
    public async Task Messages_are_decoded_on_many_threads_at_once()
    {
        byte[][] answers =
        [
            .. Enumerable.Range(1, 8).Select(i => new RecordedAnswer(
                Outputs(AbiCalls.NodeState()), new() { ["epochCount"] = (ulong)i, ["defaultEpoch"] = (ulong)i, ["novaAppRegistry"] = Numbered(i) }).Bytes),
        ];
        var tasks = answers.Select((answer, i) => Task.Run(() =>
        {
            for (int round = 0; round < 200; round++)
            {
                AbiAnswers.TryNodeState(answer, out var state).ShouldBeTrue();
                state.EpochCount.ShouldBe((ulong)i + 1);
                state.AppRegistry.ShouldBe(Numbered(i + 1));
                state.Proposal!.Proposer.ShouldNotBe(default);
            }
        })).ToArray();
        await Task.WhenAll(tasks);
    }

    [Property(MaxTest = 50)]
    public void An_instance_that_the_library_encodes_is_read(uint id, uint app, byte[] url, byte[] key, bool zk, byte status)
    {
        byte[] text = [.. url.Select(static b => (byte)('a' + (b % 26)))];
        byte[] data = Encode(new InstanceAnswer
        {
            Value = new InstanceTuple
            {
                InstanceId = id + 1UL,
                AppId = app + 1UL,
                VersionId = 3,
                Operator = Wallet.ToString(),
                InstanceUrl = System.Text.Encoding.ASCII.GetString(text),
                TeePubkey = key,
                TeeWalletAddress = Wallet.ToString(),
                ZkVerified = zk,
                Status = (byte)(status % 3),
                RegisteredAt = BigInteger.One << 200,
            },
        });
        AbiAnswers.TryInstance(data, Wallet, out var instance).ShouldBeTrue();
        instance.ShouldBe(new InstanceRecord(
            InstanceId.From(id + 1UL), AppId.From(app + 1UL), VersionId.From(3), Wallet, null, System.Text.Encoding.ASCII.GetString(text), zk, (InstanceStatus)(status % 3)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Limits.MaxOperators)]
    public void A_list_of_wallets_that_the_library_encodes_is_read(int count)
    {
        var wallets = Enumerable.Range(1, count).Select(Numbered).ToArray();
        AbiAnswers.TryWallets(Encode(new WalletsAnswer { Value = [.. wallets.Select(static wallet => wallet.ToString())] }), Limits.MaxOperators, out var read).ShouldBeTrue();
        read.ShouldBe(wallets);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Limits.MaxEpochs)]
    public void Epochs_that_the_library_encodes_are_read(int count)
    {
        var epochs = Enumerable.Range(1, count).Select(static i => new EpochTuple
        {
            Hash = Left([(byte)(i >> 8), (byte)i]),
            Proposer = Wallet.ToString(),
            ActivatedAtBlock = ulong.MaxValue - (ulong)i,
            Confirmations = uint.MaxValue - (uint)i,
            Retired = i % 2 == 0,
        }).ToList();
        AbiAnswers.TryEpochs(Encode(new EpochsAnswer { Page = epochs }), (ulong)count, out var read).ShouldBeTrue();
        read.ShouldBe(epochs.Select(static (epoch, i) => new EpochRecord(
            Epoch.From((ulong)i + 1), Bytes32.From(epoch.Hash), Wallet, epoch.ActivatedAtBlock, epoch.Confirmations, epoch.Retired)));
    }

    private static WalletAddress Numbered(int number) => WalletAddress.From([.. Enumerable.Repeat((byte)0xab, 18), (byte)(number >> 8), (byte)number]);

    private static IReadOnlyList<RecordedAbi.Field> Outputs(byte[] call) => (RecordedAbi.Kms.FindFunction(call) ?? RecordedAbi.Platform.FindFunction(call))!.Outputs;

    private static byte[] Encode(object message) => new ParametersEncoder().EncodeParametersFromTypeAttributes(message.GetType(), message);
}
