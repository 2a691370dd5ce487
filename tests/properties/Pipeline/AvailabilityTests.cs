using Kms.Core;
using Kms.Core.Authentication;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Kms.Core.Node.Pipeline;
using Kms.Core.Node.Serving;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Store;
using Kms.Properties.Fakes;

namespace Kms.Properties.Pipeline;

/// <summary>What a caller sees when Odyn, the chain, the node or its limits stand in the way.</summary>
public sealed class AvailabilityTests
{
    public static TheoryData<string> AppRoutes => [.. RouteSpec.Apps.Select(route => route.Name)];

    public static TheoryData<NotReadyReason> Reasons => [.. Enum.GetValues<NotReadyReason>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task A_node_that_is_not_ready_names_its_reason_and_serves_no_app(NotReadyReason reason)
    {
        using var world = new PipelineWorld { Readiness = new Readiness.NotReady(reason, "detail") };
        foreach (var route in RouteSpec.Apps)
        {
            var response = await world.Send(route.Good(world));
            response.ShouldRefuse(ApiError.NotReady);
            response.Reason().ShouldBe(ApiErrors.ReasonCode(reason));
        }

        var status = (await world.Send(new KmsRequest("GET", "/status", [], default))).Json();
        status.GetProperty("ready").GetBoolean().ShouldBeFalse();
        status.GetProperty("reason").GetString().ShouldBe(ApiErrors.ReasonCode(reason));
        status.GetProperty("node").GetProperty("service_available").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData(NotReadyReason.FetchingSecret, 200)]
    [InlineData(NotReadyReason.AwaitingConfirmations, 200)]
    [InlineData(NotReadyReason.Isolated, 200)]
    [InlineData(NotReadyReason.ChainStale, 503)]
    [InlineData(NotReadyReason.DeepReorg, 503)]
    [InlineData(NotReadyReason.Stopping, 503)]
    public async Task Peers_are_heard_unless_membership_cannot_be_known(NotReadyReason reason, int status)
    {
        using var world = new PipelineWorld { Readiness = new Readiness.NotReady(reason, "detail") };
        (await world.Send(RouteSpec.Of("sync").Good(world))).Status.ShouldBe(status);
    }

    [Fact]
    public async Task A_node_that_has_not_caught_up_serves_what_it_has_and_denies_no_key()
    {
        using var world = new PipelineWorld { IsCaughtUp = false };
        world.Store.Put(AppId.From(PipelineWorld.AppNumber), Epoch.From(2), "here", [1], null, null).ShouldBeOfType<PutResult.Stored>();
        (await world.App.Call("GET", "/kms/data?key=here")).GetProperty("value").GetString().ShouldBe("AQ==");
        await world.App.Call("PUT", "/kms/data", """{"key":"new","value":"AAEC"}""");
        await world.App.Call("POST", "/kms/derive", """{"path":"p"}""");
        var response = await world.Send(world.App.Request("GET", "/kms/data?key=elsewhere"));
        response.ShouldRefuse(ApiError.NotReady);
        response.Reason().ShouldBe("catching_up");

        world.IsCaughtUp = true;
        (await world.Send(world.App.Request("GET", "/kms/data?key=elsewhere"))).ShouldRefuse(ApiError.NotFound);
    }

    [Fact]
    public async Task Before_the_node_knows_itself_only_liveness_and_the_reason_are_answered()
    {
        using var world = new PipelineWorld { HasServices = false, Readiness = new Readiness.NotReady(NotReadyReason.OdynUnavailable, "") };
        (await world.Send(new KmsRequest("GET", "/health", [], default))).Status.ShouldBe(200);
        (await world.Send(new KmsRequest("GET", "/status", [], default))).Json().GetProperty("reason").GetString().ShouldBe("odyn_unavailable");
        foreach (var target in (string[])["/nonce", "/nodes", "/kms/data"])
        {
            var response = await world.Send(new KmsRequest("GET", target, [], default));
            response.ShouldRefuse(ApiError.NotReady);
            response.Reason().ShouldBe("odyn_unavailable");
        }
    }

    [Fact]
    public async Task Without_trusted_time_no_proof_is_judged()
    {
        using var world = new PipelineWorld { TrustedTimeIsSet = false };
        (await world.Send(RouteSpec.Of("derive").Good(world))).ShouldRefuse(ApiError.NotReady);
        (await world.Send(RouteSpec.Of("sync").Good(world))).ShouldRefuse(ApiError.NotReady);
    }

    [Theory]
    [MemberData(nameof(AppRoutes))]
    public async Task When_Odyn_does_not_seal_the_answer_is_an_error_and_never_plaintext(string routeName)
    {
        using var world = WithPresentKey();
        world.Node.FailAt(nameof(IOdyn.EncryptAsync), OdynFailure.Unavailable);
        var route = RouteSpec.Of(routeName);
        var response = await world.Send(route.Good(world));
        response.ShouldRefuse(ApiError.NotReady);
        response.Reason().ShouldBe("odyn_unavailable");
        response.Json().GetProperty("error").TryGetProperty("applied", out var applied).ShouldBe(route.ActsOnStore);
        if (route.ActsOnStore)
        {
            applied.GetBoolean().ShouldBeTrue();
        }
    }

    [Theory]
    [MemberData(nameof(AppRoutes))]
    public async Task When_Odyn_does_not_sign_the_answer_is_withheld(string routeName)
    {
        using var world = WithPresentKey();
        world.Node.FailAt(nameof(IOdyn.SignMessageAsync), OdynFailure.Malformed);
        var route = RouteSpec.Of(routeName);
        var response = await world.Send(route.Good(world));
        response.ShouldRefuse(ApiError.NotReady);
        response.Reason().ShouldBe("odyn_unavailable");
        response.Header("X-KMS-Response-Signature").ShouldBeNull();
        response.Json().GetProperty("error").TryGetProperty("applied", out _).ShouldBe(route.ActsOnStore);
    }

    [Theory]
    [InlineData(OdynFailure.Unavailable)]
    [InlineData(OdynFailure.Malformed)]
    public async Task When_Odyn_does_not_open_nothing_is_done(OdynFailure failure)
    {
        using var world = WithPresentKey();
        var digest = world.Store.Digest();
        world.Node.FailAt(nameof(IOdyn.DecryptAsync), failure);
        foreach (var route in RouteSpec.Sealed)
        {
            var request = route.Good(world);
            var response = await world.Send(request);
            response.ShouldRefuse(ApiError.NotReady);
            response.Reason().ShouldBe("odyn_unavailable");
            world.App.CheckSignatures(request, response);
        }

        world.Store.Digest().ShouldBe(digest);
    }

    [Fact]
    public async Task An_answer_that_Odyn_sealed_with_another_key_is_withheld_and_audited()
    {
        using var world = new PipelineWorld();
        using var other = TestEnclave.KeysOf(9);
        world.Node.Before = call =>
        {
            world.Node.OdynFaults.Impostor = call == nameof(IOdyn.EncryptAsync) ? other : null;
            return Task.CompletedTask;
        };
        var response = await world.Send(RouteSpec.Of("derive").Good(world));
        response.ShouldRefuse(ApiError.NotReady);
        response.Reason().ShouldBe("identity_changed");
        world.Audited.ShouldHaveSingleItem().ShouldStartWith("odyn_sealed_with_another_key");
    }

    [Fact]
    public async Task When_the_chain_does_not_answer_nobody_is_let_in()
    {
        using var world = new PipelineWorld();
        world.Registry.Fails = ChainFailure.Unavailable;
        var response = await world.Send(RouteSpec.Of("derive").Good(world));
        response.ShouldRefuse(ApiError.NotReady);
        response.Reason().ShouldBe("chain_unavailable");
        world.Node.CallsOf(nameof(IOdyn.DecryptAsync)).ShouldBe(0);
    }

    [Fact]
    public async Task Readiness_lost_while_Odyn_opens_the_envelope_stops_the_request()
    {
        using var world = new PipelineWorld();
        world.Node.Before = call =>
        {
            world.Readiness = call == nameof(IOdyn.DecryptAsync) ? new Readiness.NotReady(NotReadyReason.NotAMember, "expelled") : world.Readiness;
            return Task.CompletedTask;
        };
        var response = await world.Send(RouteSpec.Of("derive").Good(world));
        response.ShouldRefuse(ApiError.NotReady);
        response.Reason().ShouldBe("not_a_member");
    }

    [Fact]
    public async Task A_quarantined_secret_serves_nothing_of_its_epoch()
    {
        using var world = WithPresentKey();
        foreach (var held in world.Secrets.Held)
        {
            world.Secrets.Quarantine(held.Epoch, held.Hash);
        }

        foreach (var name in (string[])["derive", "get_query", "put"])
        {
            (await world.Send(RouteSpec.Of(name).Good(world))).ShouldRefuse(ApiError.EpochUnavailable);
        }
    }

    [Fact]
    public async Task A_wallet_that_spends_nonces_too_fast_is_told_to_wait_and_others_are_not()
    {
        using var world = new PipelineWorld();
        for (int i = 0; i < Limits.MaxConsumedNoncesPerWallet; i++)
        {
            world.Nonces.Check(world.Nonces.Issue(), out var nonce).ShouldBe(NonceCheck.Ok);
            world.Nonces.Consume(nonce!, world.App.Wallet).ShouldBe(NonceConsumption.Consumed);
        }

        (await world.Send(RouteSpec.Of("derive").Good(world))).ShouldRefuse(ApiError.TooManyNonces);
        await world.OtherApp.Call("POST", "/kms/derive", """{"path":"p"}""");
        world.Clock.AdvanceMs(Limits.NonceLifeMs);
        await world.App.Call("POST", "/kms/derive", """{"path":"p"}""");
    }

    [Fact]
    public void The_node_admits_its_limit_of_requests_and_one_more_when_one_left()
    {
        var admission = new Admission();
        for (int i = 0; i < Limits.MaxConcurrentRequests; i++)
        {
            admission.TryEnter().ShouldBeTrue();
        }

        admission.TryEnter().ShouldBeFalse();
        admission.Leave();
        admission.TryEnter().ShouldBeTrue();
        admission.TryEnter().ShouldBeFalse();
    }

    [Fact]
    public async Task A_wallet_has_a_bound_of_requests_in_flight_and_gets_it_back()
    {
        using var world = new PipelineWorld();
        var gate = new TaskCompletionSource();
        world.Node.Before = call => call == nameof(IOdyn.DecryptAsync) ? gate.Task : Task.CompletedTask;
        var running = Enumerable.Range(0, Limits.MaxConcurrentRequestsPerWallet).Select(_ => world.Send(RouteSpec.Of("derive").Good(world))).ToList();
        (await world.Send(RouteSpec.Of("derive").Good(world))).ShouldRefuse(ApiError.TooManyRequests);
        (await world.Send(RouteSpec.Of("sync").Good(world))).Status.ShouldBe(200);
        gate.SetResult();
        (await Task.WhenAll(running)).ShouldAllBe(response => response.Status == 200);
        await world.App.Call("POST", "/kms/derive", """{"path":"p"}""");
    }

    [Fact]
    public async Task A_flood_of_strangers_is_bounded_and_does_not_stop_peers_or_liveness()
    {
        using var world = new PipelineWorld();
        var gate = new TaskCompletionSource();
        world.Registry.BeforeRead = () => gate.Task;
        var strangers = new List<Task<KmsResponse>>();
        for (byte i = 0; i < Limits.MaxConcurrentUnauthenticated; i++)
        {
            using var stranger = TestEnclave.KeysOf((byte)(10 + i));
            strangers.Add(world.Send(new AppCaller(world, stranger).Request("GET", "/kms/data")));
        }

        (await world.Send(world.App.Request("GET", "/kms/data"))).ShouldRefuse(ApiError.TooManyRequests);
        (await world.Send(RouteSpec.Of("sync").Good(world))).Status.ShouldBe(200);
        (await world.Send(new KmsRequest("GET", "/health", [], default))).Status.ShouldBe(200);
        gate.SetResult();
        foreach (var response in await Task.WhenAll(strangers))
        {
            response.ShouldRefuse(ApiError.UnknownWallet);
        }

        await world.App.Call("GET", "/kms/data");
    }

    [Fact]
    public async Task A_full_store_says_so_and_still_reads_and_deletes()
    {
        using var world = WithPresentKey();
        var store = new RecordStore(world.Store.Options with { StoreLimitBytes = 1 });
        var pipeline = new RequestPipeline(PipelineOptions.Default, () => world.Readiness, () => world.Services with { Store = store }, world.Errors);
        (await pipeline.HandleAsync(RouteSpec.Of("put").Good(world), default)).ShouldRefuse(ApiError.StoreFull);
        (await pipeline.HandleAsync(RouteSpec.Of("list").Good(world), default)).Status.ShouldBe(200);
        (await pipeline.HandleAsync(RouteSpec.Of("delete").Good(world), default)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Of_thirty_concurrent_uses_of_one_proof_exactly_one_acts()
    {
        using var world = new PipelineWorld();
        var release = new TaskCompletionSource();
        world.Registry.BeforeRead = () => release.Task;
        var request = RouteSpec.Of("put").Good(world);
        var uses = Enumerable.Range(0, 30).Select(_ => world.Send(request)).ToList();
        release.SetResult();
        var responses = await Task.WhenAll(uses);
        responses.Count(response => response.Status == 200).ShouldBe(1);
        responses.Where(response => response.Status != 200).ToList().ForEach(response => response.ShouldRefuse(ApiError.NonceReplayed));
        world.Store.Stats().LiveRecords.ShouldBe(1);
    }

    private static PipelineWorld WithPresentKey()
    {
        var world = new PipelineWorld();
        world.Store.Put(AppId.From(PipelineWorld.AppNumber), Epoch.From(2), "present", [1, 2, 3], null, null);
        return world;
    }
}
