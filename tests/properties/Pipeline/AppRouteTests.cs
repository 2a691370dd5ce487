using System.Text;
using Kms.Core;
using Kms.Core.Cryptography;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Kms.Core.Node.Pipeline;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Core.Secrets;
using Kms.Core.Store;
using Kms.Devnet.Odyn;
using Kms.Properties.Cryptography;
using Kms.Properties.Fakes;

namespace Kms.Properties.Pipeline;

/// <summary>What the routes do for a caller who gets everything right, by both versions of proofs.</summary>
public abstract class AppRouteTests
{
    private readonly SupervisorBuild _supervisor;

    private protected AppRouteTests(SupervisorBuild supervisor) => _supervisor = supervisor;

    public sealed class BesideTheNewest() : AppRouteTests(SupervisorBuild.Newest);

    public sealed class BesideTheOldest() : AppRouteTests(SupervisorBuild.All[^1]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Derive_answers_the_key_of_the_default_epoch(int version)
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        var answer = await world.App.Call("POST", "/kms/derive", """{"path":"a/b","context":"c"}""", version);

        answer.GetProperty("app_id").GetUInt64().ShouldBe(PipelineWorld.AppNumber);
        answer.GetProperty("path").GetString().ShouldBe("a/b");
        answer.GetProperty("length").GetInt32().ShouldBe(32);
        answer.GetProperty("epoch").GetInt32().ShouldBe(1);
        answer.GetProperty("key").GetBytesFromBase64().ShouldBe(Expected(1, PipelineWorld.AppNumber, new DerivationInput("a/b", "c", 1), 32));
    }

    [Theory]
    [InlineData("""{"path":"p","epoch":2,"length":64,"derivation":2}""", 2, 64, 2, "")]
    [InlineData("""{"path":"p","epoch":1,"length":1,"context":null}""", 1, 1, 1, "")]
    [InlineData("""{"p\u0061th":"p","length":33,"context":"x"}""", 1, 33, 1, "x")]
    public async Task Derive_honours_every_member(string inner, byte epoch, int length, int derivation, string context)
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        var answer = await world.App.Call("POST", "/kms/derive", inner);
        answer.GetProperty("epoch").GetByte().ShouldBe(epoch);
        answer.GetProperty("key").GetBytesFromBase64().ShouldBe(Expected(epoch, PipelineWorld.AppNumber, new DerivationInput("p", context, derivation), length));
    }

    [Fact]
    public async Task The_longest_path_context_and_key_are_derived()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        var path = new string('p', Limits.MaxPathBytes - 2) + "é";
        var context = new string('c', Limits.MaxContextBytes - 2) + "é";
        var answer = await world.App.Call("POST", "/kms/derive", $$"""{"path":"{{path}}","context":"{{context}}","length":{{Limits.MaxDerivedBytes}}}""");
        answer.GetProperty("path").GetString().ShouldBe(path);
        answer.GetProperty("key").GetBytesFromBase64().ShouldBe(
            Expected(1, PipelineWorld.AppNumber, new DerivationInput(path, context, 1), Limits.MaxDerivedBytes));
    }

    [Fact]
    public async Task A_proof_is_good_up_to_its_greatest_age_and_skew_and_not_a_millisecond_beyond()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        Task<KmsResponse> ListAsync(long seconds) =>
            world.Send(world.App.Request("GET", "/kms/data", timestamp: seconds.ToString(System.Globalization.CultureInfo.InvariantCulture)));

        // Timestamps are whole seconds, as trusted time is at first: its milliseconds make the difference.
        long oldest = world.NowSeconds - (Limits.ProofMaxAgeMs / 1000);
        long newest = world.NowSeconds + (Limits.ProofMaxSkewMs / 1000);
        (await ListAsync(oldest)).Status.ShouldBe(200);
        (await ListAsync(newest)).Status.ShouldBe(200);
        world.Clock.AdvanceMs(1);
        (await ListAsync(oldest)).ShouldRefuse(ApiError.TimestampStale);
        world.Clock.AdvanceMs(998);
        (await ListAsync(newest + 1)).ShouldRefuse(ApiError.TimestampStale);
        world.Clock.AdvanceMs(1);
        (await ListAsync(newest + 1)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_v1_proof_may_be_as_far_ahead_as_it_may_be_old()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        Task<KmsResponse> ListAsync(long seconds, int version) => world.Send(world.App.Request(
            "GET", "/kms/data", version: version, timestamp: seconds.ToString(System.Globalization.CultureInfo.InvariantCulture)));

        Limits.ProofV1MaxSkewMs.ShouldBe(120_000);
        long newest = world.NowSeconds + (Limits.ProofV1MaxSkewMs / 1000);
        (await ListAsync(newest, 1)).Status.ShouldBe(200);
        (await ListAsync(newest + 1, 1)).ShouldRefuse(ApiError.TimestampStale);
        (await ListAsync(world.NowSeconds + (Limits.ProofMaxSkewMs / 1000) + 1, 2)).ShouldRefuse(ApiError.TimestampStale);
        world.Clock.AdvanceMs(1);
        (await ListAsync(world.NowSeconds - (Limits.ProofMaxAgeMs / 1000), 1)).ShouldRefuse(ApiError.TimestampStale);
    }

    [Fact]
    public async Task A_request_at_its_limits_is_screened_like_any_other()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        string large = new('a', Limits.MaxHeaderValueBytes);
        var headers = Enumerable.Range(0, Limits.MaxHeaders).Select(i => new KeyValuePair<string, string>($"h{i}", large)).ToArray();
        (await world.Send(new KmsRequest("GET", "/health", headers, default))).Status.ShouldBe(200);

        string target = "/kms/data/".PadRight(Limits.MaxTargetBytes, 'k');
        (await world.Send(world.App.Request("GET", target))).ShouldRefuse(ApiError.KeyTooLong);
        (await world.Send(world.App.Request("GET", target + "k"))).ShouldRefuse(ApiError.BadTarget);
    }

    [Fact]
    public async Task Another_app_gets_another_key_for_the_same_path()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        var mine = await world.App.Call("POST", "/kms/derive", """{"path":"p"}""");
        var theirs = await world.OtherApp.Call("POST", "/kms/derive", """{"path":"p"}""");
        theirs.GetProperty("key").GetString().ShouldNotBe(mine.GetProperty("key").GetString());
        theirs.GetProperty("app_id").GetUInt64().ShouldBe(PipelineWorld.AppNumber + 1);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Both_ways_of_writing_v_prove_an_app_and_the_first_answer_header_has_the_supervisors_own(bool appIsBare, bool nodeIsBare)
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        world.App.Wire.SignsBare = appIsBare;
        world.Node.OdynFaults.SignsOffset = !nodeIsBare;
        var request = world.App.Request("GET", "/kms/data", version: 2);

        var response = await world.Send(request);

        response.Status.ShouldBe(200);
        world.App.CheckSignatures(request, response);
        LastByte("X-KMS-Response-Signature").ShouldBeOneOf(nodeIsBare ? ["00", "01"] : ["1b", "1c"]);
        LastByte("X-KMS-Response-Signature-2").ShouldBeOneOf("1b", "1c");

        string LastByte(string name) => response.Headers.Single(header => header.Key == name).Value[^2..];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_value_is_put_read_listed_and_deleted(int version)
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        var put = await world.App.Call("PUT", "/kms/data", """{"key":"dir/a b","value":"AAEC"}""", version);
        put.GetProperty("key").GetString().ShouldBe("dir/a b");
        put.TryGetProperty("stored_by", out _).ShouldBeFalse();
        world.WritesNotified.ShouldBe(1);

        foreach (var target in (string[])["/kms/data?key=dir%2Fa%20b", "/kms/data/dir/a%20b", "/kms/data/dir%2Fa%20b"])
        {
            var got = await world.App.Call("GET", target, version: version);
            got.GetProperty("app_id").GetUInt64().ShouldBe(PipelineWorld.AppNumber);
            got.GetProperty("key").GetString().ShouldBe("dir/a b");
            got.GetProperty("value").GetString().ShouldBe("AAEC");
            got.GetProperty("version").GetString().ShouldBe(put.GetProperty("version").GetString());
            got.GetProperty("updated_at_ms").GetInt64().ShouldBe(put.GetProperty("updated_at_ms").GetInt64());
        }

        var list = await world.App.Call("GET", "/kms/data", version: version);
        list.GetProperty("keys").EnumerateArray().Single().GetString().ShouldBe("dir/a b");
        list.GetProperty("count").GetInt32().ShouldBe(1);
        (await world.OtherApp.Call("GET", "/kms/data", version: version)).GetProperty("count").GetInt32().ShouldBe(0);

        var deleted = await world.App.Call("DELETE", "/kms/data", """{"key":"dir/a b"}""", version);
        deleted.GetProperty("deleted").GetBoolean().ShouldBeTrue();
        (await world.App.Call("DELETE", "/kms/data", """{"key":"dir/a b"}""", version)).GetProperty("deleted").GetBoolean().ShouldBeFalse();
        (await world.Send(world.App.Request("GET", "/kms/data/dir/a%20b", version: version))).ShouldRefuse(ApiError.NotFound);
        world.WritesNotified.ShouldBe(2);
    }

    [Fact]
    public async Task A_plus_in_a_v1_target_is_a_space_and_a_plus_is_escaped()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        await world.App.Call("PUT", "/kms/data", """{"key":"a b","value":"AQ=="}""");
        await world.App.Call("PUT", "/kms/data", """{"key":"a+b","value":"Ag=="}""");
        (await world.App.Call("GET", "/kms/data?key=a+b", version: 1)).GetProperty("value").GetString().ShouldBe("AQ==");
        (await world.App.Call("GET", "/kms/data/a+b", version: 1)).GetProperty("value").GetString().ShouldBe("AQ==");
        foreach (int version in (int[])[1, 2])
        {
            (await world.App.Call("GET", "/kms/data?key=a%2Bb", version: version)).GetProperty("value").GetString().ShouldBe("Ag==");
            (await world.App.Call("GET", "/kms/data/a%2Bb", version: version)).GetProperty("value").GetString().ShouldBe("Ag==");
        }

        (await world.Send(world.App.Request("GET", "/kms/data/a+b"))).ShouldRefuse(ApiError.BadTarget);
    }

    [Fact]
    public async Task If_version_writes_only_over_the_version_it_names()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        var first = await world.App.Call("PUT", "/kms/data", """{"key":"k","value":"AQ==","if_version":"none"}""");
        var version = first.GetProperty("version").GetString();
        await world.App.Call("PUT", "/kms/data", $$"""{"key":"k","value":"Ag==","if_version":"{{version}}"}""");
        var stale = world.App.Request("PUT", "/kms/data", world.App.Seal($$"""{"key":"k","value":"Aw==","if_version":"{{version}}"}"""));
        (await world.Send(stale)).ShouldRefuse(ApiError.VersionConflict);
        (await world.App.Call("GET", "/kms/data/k")).GetProperty("value").GetString().ShouldBe("Ag==");
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1000, false)]
    [InlineData(Limits.MaxTtlMs, true)]
    public async Task A_value_lives_as_long_as_its_ttl_and_zero_is_for_ever(long ttlMs, bool lives)
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        await world.App.Call("PUT", "/kms/data", $$"""{"key":"k","value":"AQ==","ttl_ms":{{ttlMs}}}""");
        world.Clock.AdvanceMs(1001);
        var response = await world.Send(world.App.Request("GET", "/kms/data/k"));
        response.Status.ShouldBe(lives ? 200 : 404);
    }

    [Fact]
    public async Task A_quorum_write_says_how_many_members_hold_it()
    {
        using var world = new PipelineWorld { StoredBy = 1 };
        var put = await world.App.Call("PUT", "/kms/data", """{"key":"k","value":"AQ==","ack":"quorum"}""");
        put.GetProperty("stored_by").GetInt32().ShouldBe(1);
        put.GetProperty("quorum").GetInt32().ShouldBe(2);
        world.QuorumLimit.ShouldBe(TimeSpan.FromMilliseconds(Limits.QuorumAckTimeoutMs));
    }

    [Fact]
    public async Task The_largest_value_and_the_longest_key_fit()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        var key = new string('é', Limits.MaxKeyBytes / 2);
        var value = Convert.ToBase64String(Keys.Filled(7, Limits.MaxValueBytes));
        await world.App.Call("PUT", "/kms/data", $$"""{"key":"{{key}}","value":"{{value}}"}""");
        var got = await world.App.Call("GET", "/kms/data/" + Uri.EscapeDataString(key));
        got.GetProperty("value").GetString().ShouldBe(value);
        got.GetProperty("key").GetString().ShouldBe(key);
    }

    [Fact]
    public async Task Awkward_keys_and_many_of_them_are_listed()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        var keys = Enumerable.Range(0, 200).Select(i => new string((char)(i % 31), 500) + i.ToString("D3", null)).ToList();
        foreach (var key in keys)
        {
            await world.App.Call("PUT", "/kms/data", System.Text.Json.JsonSerializer.Serialize(new { key, value = "AQ==" }));
        }

        var list = await world.App.Call("GET", "/kms/data");
        list.GetProperty("keys").EnumerateArray().Select(one => one.GetString()!).ShouldBe(keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_list_ends_at_its_limit_of_keys_and_counts_those_beyond()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        void Put(int i) => world.Store.Put(AppId.From(PipelineWorld.AppNumber), Epoch.From(2), i.ToString("D5", null), [], null, null)
            .ShouldBeOfType<PutResult.Stored>();
        for (int i = 0; i < Limits.MaxListedKeys; i++)
        {
            Put(i);
        }

        var full = await world.App.Call("GET", "/kms/data");
        Put(Limits.MaxListedKeys);
        var beyond = await world.App.Call("GET", "/kms/data");

        full.GetProperty("keys").GetArrayLength().ShouldBe(Limits.MaxListedKeys);
        full.GetProperty("count").GetInt32().ShouldBe(Limits.MaxListedKeys);
        beyond.GetProperty("keys").GetArrayLength().ShouldBe(Limits.MaxListedKeys);
        beyond.GetProperty("count").GetInt32().ShouldBe(Limits.MaxListedKeys + 1);
    }

    [Fact]
    public async Task Base64_that_an_encoder_escaped_is_read()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        await world.App.Call("PUT", "/kms/data", """{"key":"k","value":"\u002b\/8="}""");
        (await world.App.Call("GET", "/kms/data/k")).GetProperty("value").GetString().ShouldBe("+/8=");
    }

    [Fact]
    public async Task Envelopes_with_32_byte_nonces_prefixes_raw_keys_and_upper_case_are_read()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        var envelope = world.App.Wire.Envelope("""{"path":"p"}"""u8, world.Node.Identity.TeePublicKey, nonceBytes: 32);
        var json = $$"""
            {"encrypted_data":"0x{{Convert.ToHexString(envelope.Ciphertext.Span)}}","nonce":"{{Hex.Encode(envelope.Nonce.Span)}}","sender_tee_pubkey":"{{Hex.Encode(envelope.Sender.Point)}}"}
            """;
        var response = await world.Send(world.App.Request("POST", "/kms/derive", Encoding.UTF8.GetBytes(json)));
        response.Status.ShouldBe(200);
        world.App.Open(response).GetProperty("path").GetString().ShouldBe("p");
    }

    [Fact]
    public async Task A_deprecated_version_is_served()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        var facts = FakeWalletFacts.Good(world.App.Wallet, world.App.TeeKey, PipelineWorld.AppNumber);
        world.Registry.Set(facts with { Version = facts.Version! with { Status = Kms.Core.Registry.VersionStatus.Deprecated } });
        await world.App.Call("POST", "/kms/derive", """{"path":"p"}""");
    }

    [Fact]
    public async Task V1_can_be_refused_per_route_class_and_is_counted()
    {
        using var world = new PipelineWorld(PipelineOptions.Default with { RequireV2 = RouteClasses.Derive | RouteClasses.Write }, _supervisor);
        (await world.Send(RouteSpec.Of("derive").Good(world, version: 1))).ShouldRefuse(ApiError.ProofVersion);
        (await world.Send(RouteSpec.Of("put").Good(world, version: 1))).ShouldRefuse(ApiError.ProofVersion);
        (await world.Send(RouteSpec.Of("delete").Good(world, version: 1))).ShouldRefuse(ApiError.ProofVersion);
        await world.App.Call("GET", "/kms/data", version: 1);
        await world.App.Call("POST", "/kms/derive", """{"path":"p"}""");
        world.Pipeline.Counters.V1Proofs.ShouldBe(1);
        world.Pipeline.Counters.V2Proofs.ShouldBe(1);
    }

    [Fact]
    public async Task Plaintext_is_zeroed_on_both_ways_and_never_in_an_answer()
    {
        using var world = new PipelineWorld(supervisor: _supervisor);
        var last = new Dictionary<string, ReadOnlyMemory<byte>>();
        world.Node.OdynFaults.Plaintexts = (call, plaintext) => last[call] = plaintext;
        await world.App.Call("PUT", "/kms/data", """{"key":"k","value":"c2VjcmV0IHNlY3JldA=="}""");
        last[nameof(IOdyn.DecryptAsync)].Length.ShouldBePositive();
        last[nameof(IOdyn.DecryptAsync)].ToArray().ShouldAllBe(one => one == 0);
        var response = await world.Send(world.App.Request("GET", "/kms/data/k"));
        Encoding.UTF8.GetString(response.Body.Span).ShouldNotContain("c2VjcmV0");
        last[nameof(IOdyn.EncryptAsync)].Length.ShouldBePositive();
        last[nameof(IOdyn.EncryptAsync)].ToArray().ShouldAllBe(one => one == 0);
    }

    private static byte[] Expected(byte secretNumber, ulong app, DerivationInput input, int length)
    {
        using var secret = Keys.Secret(secretNumber);
        var key = new byte[length];
        KeyDerivation.DeriveApp(secret, AppId.From(app), Epoch.From(secretNumber), input, key);
        return key;
    }
}
