using Kms.Core;
using Kms.Core.Authentication;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Kms.Core.Node.Pipeline;
using Kms.Core.Node.Serving;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Devnet.Odyn;
using Kms.Properties.Fakes;

namespace Kms.Properties.Pipeline;

/// <summary><c>/sync</c>, both faces of <c>/status</c>, and the public routes.</summary>
public abstract class PeerRouteTests
{
    private readonly SupervisorBuild _supervisor;

    private protected PeerRouteTests(SupervisorBuild supervisor) => _supervisor = supervisor;

    public sealed class BesideTheNewest() : PeerRouteTests(SupervisorBuild.Newest);

    public sealed class BesideTheOldest() : PeerRouteTests(SupervisorBuild.All[^1]);

    [Fact]
    public async Task A_sync_message_reaches_the_endpoint_bound_to_its_proof_and_the_answer_is_signed()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        var request = RouteSpec.Of("sync").Good(world);
        var response = await world.Send(request);

        response.Status.ShouldBe(200);
        response.Header("Content-Type").ShouldBe("application/cbor");
        response.Body.ToArray().ShouldBe([0xa0]);
        world.Peer.CheckSignatures(request, response);
        var (peer, binding, body) = world.Synced.ShouldHaveSingleItem();
        peer.Wallet.ShouldBe(world.Peer.Wallet);
        body.ShouldBe([1, 2, 3]);
        string Part(string name) => request.Headers.Single(header => header.Key == "x-kms-" + name).Value;
        binding.ShouldBe(ProofMessages.ChannelBinding(ProofMessages.PeerV2(
            Part("nonce"), world.Node.Identity.Wallet, Part("timestamp"), "POST", "/sync", body)));
    }

    [Theory]
    [InlineData(nameof(ApiError.BadSyncMessage), null)]
    [InlineData(nameof(ApiError.HandoverRefused), null)]
    [InlineData(nameof(ApiError.TooManyHandovers), null)]
    [InlineData(nameof(ApiError.NotReady), NotReadyReason.FetchingSecret)]
    public async Task What_the_endpoint_refuses_is_refused_and_signed(string code, NotReadyReason? reason)
    {
        var error = Enum.Parse<ApiError>(code);
        using var world = new PipelineWorld { SyncRefused = new ApiRefusal(error, "because", reason) };
        var request = RouteSpec.Of("sync").Good(world);
        var response = await world.Send(request);
        response.ShouldRefuse(error);
        world.Peer.CheckSignatures(request, response);
    }

    [Fact]
    public async Task An_unknown_chain_is_no_verdict_on_a_peer()
    {
        using var world = new PipelineWorld { PeerRefused = Core.Membership.PeerRefusal.ChainUnavailable };
        var response = await world.Send(RouteSpec.Of("sync").Good(world));
        response.ShouldRefuse(ApiError.NotReady);
        response.Reason().ShouldBe("chain_unavailable");
    }

    [Fact]
    public async Task Anyone_sees_the_minimal_status_and_nothing_else()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        var status = (await world.Send(new KmsRequest("GET", "/status", [], default))).Json();
        status.EnumerateObject().Select(one => one.Name).ShouldBe(["node", "ready", "reason"]);
        status.GetProperty("node").EnumerateObject().Select(one => one.Name)
            .ShouldBe(["tee_wallet", "tee_pubkey", "node_url", "is_operator", "service_available"]);
        status.GetProperty("node").GetProperty("tee_wallet").GetString().ShouldBe(world.Node.Identity.Wallet.ToString());
        TeePublicKey.TryParse(status.GetProperty("node").GetProperty("tee_pubkey").GetString(), out var key).ShouldBeTrue();
        key.ShouldBe(world.Node.Identity.TeePublicKey);
        status.GetProperty("ready").GetBoolean().ShouldBeTrue();
        status.GetProperty("reason").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task A_member_sees_epochs_peers_and_figures_signed()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        await world.App.Call("GET", "/kms/data", version: 1);
        var request = RouteSpec.Of("status").Good(world);
        var response = await world.Send(request);
        world.Peer.CheckSignatures(request, response);
        var status = response.Json();
        status.GetProperty("epochs")[0].GetProperty("state").GetString().ShouldBe("active");
        status.GetProperty("peers").GetArrayLength().ShouldBe(1);
        status.GetProperty("store").GetProperty("digest").GetString().ShouldBe(world.Store.Digest().ToString());
        status.GetProperty("store").GetProperty("oldest_epoch").GetInt32().ShouldBe(1);
        status.GetProperty("requests").GetProperty("v1_proofs").GetInt32().ShouldBe(1);
        status.GetProperty("node").GetProperty("service_available").GetBoolean().ShouldBeTrue();
        status.GetProperty("caught_up").GetBoolean().ShouldBeTrue();
        status.GetProperty("proposals").GetProperty("blocks").GetInt32().ShouldBe(1000);
        status.GetProperty("proposals").GetProperty("blocks_needed").GetInt32().ShouldBe(193);
    }

    [Fact]
    public async Task What_a_node_does_not_know_is_null_and_not_left_out()
    {
        using var world = new PipelineWorld { OldestEpoch = null, IsCaughtUp = false };
        var status = (await world.Send(RouteSpec.Of("status").Good(world))).Json();
        status.GetProperty("store").GetProperty("oldest_epoch").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        status.GetProperty("caught_up").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData(true, true, null, null)]
    [InlineData(false, true, "catching_up", null)]
    [InlineData(true, false, null, "isolated")]
    [InlineData(false, false, "catching_up", "isolated")]
    public async Task The_details_say_what_is_not_served_and_why_and_the_node_is_ready_all_the_same(
        bool isCaughtUp, bool acceptsWrites, string? reads, string? writes)
    {
        using var world = new PipelineWorld { IsCaughtUp = isCaughtUp, AcceptsWrites = acceptsWrites };
        var status = (await world.Send(RouteSpec.Of("status").Good(world))).Json();
        status.GetProperty("ready").GetBoolean().ShouldBeTrue();
        status.GetProperty("not_served").GetProperty("keys").GetString().ShouldBeNull();
        status.GetProperty("not_served").GetProperty("reads").GetString().ShouldBe(reads);
        status.GetProperty("not_served").GetProperty("writes").GetString().ShouldBe(writes);
    }

    [Theory]
    [InlineData(NotReadyReason.FetchingSecret)]
    [InlineData(NotReadyReason.NotAMember)]
    public async Task Who_is_not_ready_serves_none_of_the_three(NotReadyReason reason)
    {
        using var world = new PipelineWorld { Readiness = new Readiness.NotReady(reason, "detail") };
        var status = (await world.Send(RouteSpec.Of("status").Good(world))).Json();
        status.GetProperty("ready").GetBoolean().ShouldBeFalse();
        foreach (var kind in (string[])["keys", "reads", "writes"])
        {
            status.GetProperty("not_served").GetProperty(kind).GetString().ShouldBe(ApiErrors.ReasonCode(reason));
        }
    }

    [Fact]
    public async Task A_configured_reader_sees_the_details_but_may_not_sync()
    {
        using var reader = TestEnclave.KeysOf(9, _supervisor);
        using var world = new PipelineWorld(PipelineOptions.Default with { StatusReaders = new HashSet<WalletAddress> { reader.Identity.Wallet } }, _supervisor);
        var caller = new AppCaller(world, reader, isPeer: true);
        (await world.Send(caller.Request("GET", "/status"))).Json().TryGetProperty("epochs", out _).ShouldBeTrue();
        (await world.Send(caller.Request("POST", "/sync", [1]))).ShouldRefuse(ApiError.NotAPeer);
        world.Synced.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nodes_come_from_what_was_probed_before()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        var nodes = (await world.Send(new KmsRequest("GET", "/nodes", [], default))).Json();
        nodes.GetProperty("count").GetInt32().ShouldBe(1);
        var node = nodes.GetProperty("operators")[0];
        node.GetProperty("operator").GetString().ShouldBe(world.Node.Identity.Wallet.ToString());
        node.GetProperty("instance").GetProperty("instance_url").GetString().ShouldBe(world.NodeUrl);
        node.GetProperty("connection").GetProperty("probed_ago_ms").GetInt64().ShouldBe(5);
        world.Registry.Reads.ShouldBe(0);
    }

    [Fact]
    public async Task Public_routes_answer_unsigned_and_are_not_cached()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        foreach (var target in (string[])["/", "/health", "/health?probe=1", "/status", "/nonce", "/nodes"])
        {
            var response = await world.Send(new KmsRequest("GET", target, [], default));
            response.Status.ShouldBe(200, target);
            response.Header("Cache-Control").ShouldBe("no-store");
            response.Header("Content-Type").ShouldBe("application/json");
            response.Header("X-KMS-Response-Signature").ShouldBeNull();
        }

        world.Node.CallsOf(nameof(IOdyn.SignMessageAsync)).ShouldBe(0);
    }

    [Fact]
    public async Task A_nonce_is_fresh_every_time_and_needs_no_ready_node()
    {
        using var world = new PipelineWorld { Readiness = new Readiness.NotReady(NotReadyReason.FetchingSecret, "") };
        async Task<string> Nonce() => (await world.Send(new KmsRequest("GET", "/nonce", [], default))).Json().GetProperty("nonce").GetString()!;
        (await Nonce()).ShouldNotBe(await Nonce());
        world.Nonces.Check(await Nonce(), out _).ShouldBe(NonceCheck.Ok);
    }

    [Fact]
    public void The_body_limit_follows_the_route()
    {
        Route.MaxBodyBytes("/sync").ShouldBe(Core.Limits.MaxSyncBodyBytes);
        Route.MaxBodyBytes("/sync?x").ShouldBe(Core.Limits.MaxSyncBodyBytes);
        Route.MaxBodyBytes("/kms/data").ShouldBe(Core.Limits.MaxBodyBytes);
    }
}
