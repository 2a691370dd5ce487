using System.Text;
using Kms.Client;
using Kms.Core.Primitives;
using Kms.Devnet.Loopback;
using Kms.Integration.Support;

namespace Kms.Integration.Client;

/// <summary>The SDK against real nodes, with an honest and with a meddling host in between.</summary>
public abstract class KmsClientTests(DevnetFixture fixture)
{
    private static readonly CancellationToken None = CancellationToken.None;

    private string FirstNode => DevnetFixture.UrlOf(fixture.Devnet.Nodes[0]);

    [Fact]
    public async Task Nodes_are_discovered_from_the_chain_with_their_keys()
    {
        using var client = fixture.Client();
        var nodes = Value(await client.Kms.NodesAsync(None));
        nodes.Select(node => (node.Wallet, node.Url)).Order()
            .ShouldBe(fixture.Devnet.Nodes.Select(node => (node.Wallet, DevnetFixture.UrlOf(node))).Order());
        nodes.ShouldAllBe(node => fixture.Devnet.Nodes.Any(real => real.TeePublicKey.Equals(node.TeePublicKey)));
    }

    [Fact]
    public async Task Every_node_derives_the_same_key_and_another_app_another()
    {
        var fingerprints = new HashSet<string>();
        foreach (var node in fixture.Devnet.Nodes)
        {
            using var client = fixture.Client(DevnetFixture.UrlOf(node));
            using var key = Value(await client.Kms.DeriveAsync(new DeriveRequest("a/path") { Context = "c", Length = 48 }, None));
            key.Bytes.Length.ShouldBe(48);
            fingerprints.Add(key.Fingerprint);
        }

        fingerprints.Count.ShouldBe(1);
        using var other = fixture.Client(fixture.Devnet.OtherApp);
        using var theirs = Value(await other.Kms.DeriveAsync(new DeriveRequest("a/path") { Context = "c", Length = 48 }, None));
        fingerprints.ShouldNotContain(theirs.Fingerprint);
    }

    [Fact]
    public void A_disposed_key_is_gone()
    {
        byte[] bytes = [1, 2, 3];
        var key = new DerivedKey(Core.Primitives.AppId.From(1), Core.Primitives.Epoch.From(1), bytes);
        key.Dispose();
        bytes.ShouldBe([0, 0, 0]);
        Should.Throw<ObjectDisposedException>(() => key.Bytes.Length);
    }

    [Fact]
    public async Task Values_are_written_read_listed_conditioned_and_deleted()
    {
        using var client = fixture.Client(FirstNode);
        string name = "kv/" + Guid.NewGuid();
        byte[] value = [0, 255, 1, 254];
        var stored = Value(await client.Kms.PutAsync(new PutRequest(name, value), None));
        using (var read = Value(await client.Kms.GetAsync(name, None)))
        {
            read.Bytes.ToArray().ShouldBe(value);
            read.Version.ShouldBe(stored.Version);
        }

        Value(await client.Kms.ListAsync(None)).ShouldContain(name);
        Value(await client.Kms.PutAsync(new PutRequest(name, value) { IfVersion = stored.Version }, None));
        ((await client.Kms.PutAsync(new PutRequest(name, value) { IfVersion = stored.Version }, None)).Failure?.Kind).ShouldBe(KmsFailure.VersionConflict);
        Value(await client.Kms.DeleteAsync(name, None)).ShouldBeTrue();
        ((await client.Kms.GetAsync(name, None)).Failure?.Kind).ShouldBe(KmsFailure.NotFound);
    }

    [Fact]
    public async Task A_key_with_every_kind_of_character_survives_the_target()
    {
        using var client = fixture.Client(FirstNode);
        const string Name = "odd key/?&=%+#\"\\äß€𝄞~";
        Value(await client.Kms.PutAsync(new PutRequest(Name, Encoding.UTF8.GetBytes("x")), None));
        using var read = Value(await client.Kms.GetAsync(Name, None));
        Encoding.UTF8.GetString(read.Bytes).ShouldBe("x");
        Value(await client.Kms.DeleteAsync(Name, None)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_refusal_is_the_nodes_own_and_carries_its_code()
    {
        using var client = fixture.Client(FirstNode);
        var result = await client.Kms.DeriveAsync(new DeriveRequest("p") { Length = 1025 }, None);
        (result.Failure?.Kind).ShouldBe(KmsFailure.Refused);
        (result.Failure?.Code).ShouldBe("length_out_of_range");
    }

    [Fact]
    public async Task A_dead_node_is_passed_over()
    {
        using var refused = new LoopbackPort(0);
        using var client = fixture.Client($"http://{refused.EndPoint}", FirstNode);
        Value(await client.Kms.DeriveAsync(new DeriveRequest("p"), None)).Dispose();
    }

    [Fact]
    public async Task A_node_that_answers_503_is_passed_over()
    {
        await using var busy = await MeddlingProxy.StartAsync(FirstNode, (context, _) =>
        {
            bool kms = context.Request.Path.StartsWithSegments("/kms", StringComparison.Ordinal);
            context.Response.StatusCode = kms ? 503 : 200;
            return Task.FromResult(kms);
        });
        using var client = fixture.Client(busy.Url, DevnetFixture.UrlOf(fixture.Devnet.Nodes[1]));
        Value(await client.Kms.DeriveAsync(new DeriveRequest("p"), None)).Dispose();
        busy.Seen.ShouldContain("POST /kms/derive");
    }

    [Fact]
    public async Task Nobody_answering_is_unavailable_after_bounded_attempts()
    {
        using var refused = new LoopbackPort(0);
        using var client = fixture.Client($"http://{refused.EndPoint}");
        var result = await client.Kms.DeriveAsync(new DeriveRequest("p"), None);
        (result.Failure?.Kind).ShouldBe(KmsFailure.Unavailable);
    }

    [Theory]
    [InlineData("X-KMS-Response-Signature-2", true)]
    [InlineData("X-Nothing", false)]
    public async Task An_answer_without_the_nodes_signature_counts_as_a_lost_connection(string removed, bool lost)
    {
        await using var proxy = await MeddlingProxy.StartAsync(FirstNode, (_, answer) =>
        {
            answer.Headers.Remove(removed);
            return Task.FromResult(false);
        });
        using var client = fixture.Client(proxy.Url);
        var result = await client.Kms.DeriveAsync(new DeriveRequest("p"), None);
        (result.Failure?.Kind).ShouldBe(lost ? KmsFailure.Unavailable : null);
        if (lost)
        {
            result.Detail!.ShouldContain("without proof of its origin");
            proxy.Seen.Count(request => request == "POST /kms/derive").ShouldBe(2);
        }
    }

    [Fact]
    public async Task An_answer_with_another_status_than_was_signed_counts_as_lost()
    {
        await using var proxy = await MeddlingProxy.StartAsync(FirstNode, (context, answer) =>
        {
            answer.StatusCode = context.Request.Path == "/kms/data" ? System.Net.HttpStatusCode.NotFound : answer.StatusCode;
            return Task.FromResult(false);
        });
        using var client = fixture.Client(proxy.Url);
        ((await client.Kms.ListAsync(None)).Failure?.Kind).ShouldBe(KmsFailure.Unavailable);
    }

    [Fact]
    public async Task A_put_whose_answer_was_lost_is_not_resent()
    {
        await using var proxy = await MeddlingProxy.StartAsync(FirstNode, LoseAnswersToPut);
        using var client = fixture.Client(proxy.Url, DevnetFixture.UrlOf(fixture.Devnet.Nodes[1]));
        string name = "lost/" + Guid.NewGuid();
        var result = await client.Kms.PutAsync(new PutRequest(name, Encoding.UTF8.GetBytes("once")), None);
        (result.Failure?.Kind).ShouldBe(KmsFailure.OutcomeUnknown);
        proxy.Seen.Count(request => request == "PUT /kms/data").ShouldBe(1);

        using var direct = fixture.Client(FirstNode);
        using var read = Value(await direct.Kms.GetAsync(name, None));
        Encoding.UTF8.GetString(read.Bytes).ShouldBe("once");
    }

    [Fact]
    public async Task A_conditional_put_is_resent_and_never_claims_a_conflict_that_may_be_its_own()
    {
        await using var proxy = await MeddlingProxy.StartAsync(FirstNode, LoseAnswersToPut);
        using var direct = fixture.Client(FirstNode);
        string name = "lost/" + Guid.NewGuid();
        var first = Value(await direct.Kms.PutAsync(new PutRequest(name, Encoding.UTF8.GetBytes("one")), None));
        using var client = fixture.Client(proxy.Url, FirstNode);
        var result = await client.Kms.PutAsync(new PutRequest(name, Encoding.UTF8.GetBytes("two")) { IfVersion = first.Version }, None);
        (result.Failure?.Kind).ShouldBe(KmsFailure.OutcomeUnknown);
        using var read = Value(await direct.Kms.GetAsync(name, None));
        Encoding.UTF8.GetString(read.Bytes).ShouldBe("two");
    }

    [Fact]
    public async Task An_address_that_only_the_chain_names_is_not_dialled()
    {
        using var client = fixture.ClientWithoutExceptions();
        var result = await client.Kms.DeriveAsync(new DeriveRequest("p"), None);
        (result.Failure?.Kind).ShouldBe(KmsFailure.Unavailable);
        result.Detail!.ShouldContain("may not be dialled");
    }

    private static Task<bool> LoseAnswersToPut(Microsoft.AspNetCore.Http.HttpContext context, HttpResponseMessage answer)
    {
        bool put = context.Request.Method == "PUT";
        if (put)
        {
            context.Abort();
        }

        return Task.FromResult(put);
    }

    private static T Value<T>(Result<T, KmsError> result)
    {
        result.TryGet(out var value).ShouldBeTrue($"{result.Failure} {result.Detail}");
        return value!;
    }

    [Collection(SharedDevnet.Name)]
    public sealed class BesideTheNewest(DevnetFixture fixture) : KmsClientTests(fixture);

    [Collection(OldestDevnet.Name)]
    public sealed class BesideTheOldest(OldestDevnetFixture fixture) : KmsClientTests(fixture);
}
