using System.Globalization;
using System.Security.Cryptography;
using Kms.Adapters.Ethereum;
using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Integration.Support;

namespace Kms.Integration.Adapters;

/// <summary>What a node reads of its membership, from the real contracts on a real chain.</summary>
public sealed class MembershipReadTests
{
    private static readonly WalletAddress Self = Registries.Wallet(1);

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(7, 3, true)]
    [InlineData(500, 501, true)]
    [InlineData(1, 0, false)]
    [InlineData(500, 0, false)]
    public async Task A_refresh_takes_at_most_three_requests(int operators, int unlisted, bool eip1898)
    {
        await using var registries = await Registries.StartAsync();
        await registries.LoseCallbacksAsync();
        await registries.RegisterManyAsync([.. Enumerable.Range(operators + 1, unlisted).Select(Registries.Wallet)]);
        await registries.KeepCallbacksAsync();
        await registries.RegisterManyAsync([.. Enumerable.Range(1, operators).Select(Registries.Wallet)]);
        await using var old = new RpcProxy(registries.Anvil.Url, RpcProxy.RefuseHashPins);
        using var finder = registries.Chain();
        var at = Get(await finder.GetHeadAsync(Finality.Latest, default));

        using var chain = registries.Chain(rpc: eip1898 ? null : old.Url);
        foreach (string round in (string[])["a fresh client", "a second refresh", "a third refresh"])
        {
            long before = chain.HttpRequests;
            var snapshot = Get(await chain.ReadRegistryAsync(at, Self, default));
            (chain.HttpRequests - before).ShouldBeLessThanOrEqualTo(3, round);

            snapshot.At.ShouldBe(at);
            snapshot.Operators.Count.ShouldBe(operators);
            snapshot.Operators.Select(static record => record.Wallet).ShouldBe(Enumerable.Range(1, operators).Select(Registries.Wallet), ignoreOrder: true);
            snapshot.Operators.ShouldAllBe(record => record.Instance!.Wallet == record.Wallet
                && record.Instance.ZkVerified && record.Version!.CodeMeasurement == Registries.Measurement);
            snapshot.Unlisted.Select(static one => one.Wallet).ShouldBe(
                Enumerable.Range(operators + 1, Math.Min(unlisted, Limits.MaxOperators)).Select(Registries.Wallet), round);
            snapshot.App.ShouldBe(new AppRecord(AppId.From(1), AppStatus.Active));
        }
    }

    /// <summary>Its callback was lost, so KMSRegistry does not know it; its key is its own all the same.</summary>
    [Fact]
    public async Task An_active_instance_that_is_not_listed_keeps_its_key_until_it_stops()
    {
        await using var registries = await Registries.StartAsync();
        using var enclave = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP384);
        string key = Hex.Encode(enclave.ExportSubjectPublicKeyInfo());
        var lost = Registries.Wallet(1);
        var twin = Registries.Wallet(2);
        await registries.LoseCallbacksAsync();
        await registries.RegisterAsync(lost, key: key);
        await registries.KeepCallbacksAsync();
        await registries.RegisterAsync(twin, key: key);
        using var chain = registries.Chain();

        (await ReadAsync()).Unlisted.ShouldHaveSingleItem().Wallet.ShouldBe(lost, "by a client that knows nothing");
        var shared = await ReadAsync();
        shared.Operators.ShouldHaveSingleItem().Wallet.ShouldBe(twin);
        shared.Unlisted.ShouldHaveSingleItem().Wallet.ShouldBe(lost, "and by one that does");
        PeerAuthorizer.Check(shared, twin).ShouldBe(PeerRefusal.SharedKey);
        PeerAuthorizer.Check(shared, lost).ShouldBe(PeerRefusal.NotListed);

        await registries.AppsAsync("devSetInstanceStatus(uint256,uint8)", "1", "1");
        var stopped = await ReadAsync();
        stopped.Unlisted.ShouldBeEmpty();
        PeerAuthorizer.Check(stopped, twin).ShouldBeNull();

        async Task<RegistrySnapshot> ReadAsync() =>
            Get(await chain.ReadRegistryAsync(Get(await chain.GetHeadAsync(Finality.Latest, default)), Self, default));
    }

    [Fact]
    public async Task The_registry_holds_no_more_than_a_node_reads()
    {
        await using var registries = await Registries.StartAsync();

        (await ConstantAsync("MAX_OPERATORS()")).ShouldBe(Limits.MaxOperators);
        (await ConstantAsync("MAX_EPOCHS()")).ShouldBe(Limits.MaxEpochs);
        (await ConstantAsync("MAX_MEASUREMENTS()")).ShouldBeLessThanOrEqualTo(Limits.MaxApprovedMeasurements);

        async Task<int> ConstantAsync(string signature)
        {
            string data = await Foundry.CastAsync("calldata", signature);
            var answer = await registries.Anvil.CallAsync("eth_call", new { to = registries.Kms.ToString(), data }, "latest");
            return int.Parse(answer.GetString().AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task An_empty_list_is_a_snapshot_too()
    {
        await using var registries = await Registries.StartAsync();
        using var chain = registries.Chain();
        var at = Get(await chain.GetHeadAsync(Finality.Latest, default));

        var snapshot = Get(await chain.ReadRegistryAsync(at, Self, default));

        snapshot.Operators.ShouldBeEmpty();
        snapshot.Kms.KmsApp.ShouldBe(AppId.From(1));
        snapshot.Kms.Epochs.ShouldBeEmpty();
        snapshot.Kms.DefaultEpoch.ShouldBeNull();
        snapshot.Kms.Proposal.ShouldBeNull();
        snapshot.Kms.NextEpochWanted.ShouldBeTrue();
        snapshot.Kms.ProposalsPaused.ShouldBeFalse();
        snapshot.Kms.ConfirmationTarget.ShouldBe(3u);
        snapshot.Kms.ProposalBlocks.ShouldBe(20ul);
        snapshot.Kms.ApprovedMeasurements.ShouldBe([Registries.Measurement]);
        snapshot.Self.ShouldBe(new SelfRecord(false, 0));
        chain.HttpRequests.ShouldBe(3, "one for the head; two, since there are no versions to ask for");
    }

    [Fact]
    public async Task A_record_says_what_was_registered_at_the_block_that_was_asked()
    {
        await using var registries = await Registries.StartAsync();
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP384);
        byte[] spki = key.ExportSubjectPublicKeyInfo();
        var stranger = Registries.Wallet(99);
        await registries.AppsAsync("devEnrollVersion(uint256,string,bytes32)", "1", "second", "0x" + new string('5', 64));
        await registries.PlatformAsync("devUseOldBuild(bool)", "true");
        await registries.RegisterAsync(Self, "https://one.example:8443", Hex.Encode(spki), version: 2, zk: false);
        using var chain = registries.Chain();
        var before = Get(await chain.GetHeadAsync(Finality.Latest, default));
        await registries.AppsAsync("devSetVersionStatus(uint256,uint256,uint8)", "1", "2", "2");
        await registries.AppsAsync("devSetAppStatus(uint256,uint8)", "1", "1");
        var after = Get(await chain.GetHeadAsync(Finality.Latest, default));

        var old = Get(await chain.ReadWalletAsync(before, Self, default));
        var current = Get(await chain.ReadWalletAsync(after, Self, default));
        var nobody = Get(await chain.ReadWalletAsync(after, stranger, default));

        old.Instance.ShouldBe(new InstanceRecord(
            InstanceId.From(1), AppId.From(1), VersionId.From(2), Self, TeePublicKey.From(spki), "https://one.example:8443", false, InstanceStatus.Active));
        old.Version.ShouldBe(new VersionRecord(AppId.From(1), VersionId.From(2), VersionStatus.Enrolled, Bytes32.Parse("0x" + new string('5', 64))));
        old.App.ShouldBe(new AppRecord(AppId.From(1), AppStatus.Active));
        current.Instance.ShouldBe(old.Instance);
        current.Version!.Status.ShouldBe(VersionStatus.Revoked);
        current.App!.Status.ShouldBe(AppStatus.Inactive);
        nobody.ShouldBe(new WalletFacts(after, stranger, null, null, null));
    }

    [Fact]
    public async Task One_hostile_registration_does_not_stop_the_refresh()
    {
        await using var registries = await Registries.StartAsync();
        await registries.RegisterAsync(Registries.Wallet(1), "https://fine.example");
        await registries.RegisterAsync(Registries.Wallet(2), "https://" + new string('x', 20_000), "0x" + new string('9', 256));
        using var chain = registries.Chain();
        var at = Get(await chain.GetHeadAsync(Finality.Latest, default));

        var snapshot = Get(await chain.ReadRegistryAsync(at, Self, default));

        snapshot.Operators.Select(static record => record.Instance!.Url).ShouldBe(["https://fine.example", string.Empty], ignoreOrder: true);
    }

    [Fact]
    public async Task The_storage_root_changes_with_the_registry_and_is_unsupported_where_it_is_not_served()
    {
        await using var registries = await Registries.StartAsync();
        await using var poor = new RpcProxy(registries.Anvil.Url, static call =>
            call["method"]!.GetValue<string>() == "eth_getProof" ? RpcProxy.Error(-32601, "method not found") : null);
        using var chain = registries.Chain();
        using var without = registries.Chain(rpc: poor.Url);
        var before = Get(await chain.GetHeadAsync(Finality.Latest, default));
        await registries.Anvil.MineAsync();
        var same = Get(await chain.GetHeadAsync(Finality.Latest, default));
        await registries.RegisterAsync(Self);
        var after = Get(await chain.GetHeadAsync(Finality.Latest, default));

        var root = Get(await chain.ReadAppRegistryRootAsync(before, default));
        Get(await chain.ReadAppRegistryRootAsync(same, default)).ShouldBe(root);
        Get(await chain.ReadAppRegistryRootAsync(after, default)).ShouldNotBe(root);
        (await without.ReadAppRegistryRootAsync(after, default)).Failure.ShouldBe(ChainFailure.Unsupported);
    }

    [Fact]
    public async Task Final_is_so_many_blocks_below_or_what_the_tag_names()
    {
        await using var registries = await Registries.StartAsync(anvilOptions: ["--slots-in-an-epoch", "1"]);
        await registries.Anvil.MineAsync(10);
        using var byDepth = registries.Chain(new FinalityRule.Depth(4));
        using var byTag = registries.Chain(new FinalityRule.Tag("finalized"));
        using var deep = registries.Chain(new FinalityRule.Depth(1_000_000));
        var latest = Get(await byDepth.GetHeadAsync(Finality.Latest, default));

        Get(await byDepth.GetHeadAsync(Finality.Final, default)).Number.ShouldBe(latest.Number - 4);
        Get(await byTag.GetHeadAsync(Finality.Final, default)).Number.ShouldBeLessThan(latest.Number);
        Get(await deep.GetHeadAsync(Finality.Final, default)).Number.ShouldBe(0ul);
        Get(await byDepth.GetBlockAsync(latest.Number, default)).ShouldBe(latest);
        (await byDepth.GetBlockAsync(latest.Number + 1, default)).Failure.ShouldBe(ChainFailure.Unavailable);
    }

    internal static T Get<T>(Result<T, ChainFailure> result)
    {
        result.TryGet(out var value).ShouldBeTrue($"{result.Failure}: {result.Detail}");
        return value!;
    }
}
