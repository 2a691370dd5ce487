using System.Text;
using Kms.Core;
using Kms.Core.Node;

namespace Kms.Integration.Hosting;

/// <summary>What passes between Kestrel and a node: requests as sent, answers as given.</summary>
public sealed class EndpointTests
{
    private static readonly KmsResponse Empty = new(200, [], ReadOnlyMemory<byte>.Empty);

    [Theory]
    [InlineData("/kms/data?key=a%2Fb")]
    [InlineData("/kms/data/a%2f%20b/../c")]
    [InlineData("/%6bms//data?&&=")]
    public async Task The_target_reaches_the_node_as_it_was_sent(string target)
    {
        var (requests, endpoint) = await StartAsync();
        await using (endpoint)
        {
            await endpoint.AskAsync($"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        }

        requests.Single().Target.ShouldBe(target);
    }

    [Fact]
    public async Task Repeated_headers_reach_the_node_one_by_one_and_in_order()
    {
        var (requests, endpoint) = await StartAsync();
        await using (endpoint)
        {
            await endpoint.AskAsync("GET / HTTP/1.1\r\nHost: x\r\nX-App-Nonce: one\r\nX-Forwarded-For: a\r\nx-app-nonce: two\r\nX-Forwarded-For: b\r\nConnection: close\r\n\r\n");
        }

        requests.Single().Headers
            .Where(header => string.Equals(header.Key, "x-app-nonce", StringComparison.OrdinalIgnoreCase))
            .Select(header => header.Value)
            .ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task Of_a_chunked_body_over_the_limit_the_node_gets_one_byte_too_many_and_no_more()
    {
        var (requests, endpoint) = await StartAsync();
        await using (endpoint)
        {
            string chunk = $"100000\r\n{new string('a', 0x100000)}\r\n";
            await endpoint.AskAsync(
                ["POST /kms/derive HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", .. Enumerable.Repeat(chunk, 6), "0\r\n\r\n"]);
        }

        requests.Single().Body.Length.ShouldBe(Limits.MaxBodyBytes + 1);
    }

    [Fact]
    public async Task A_body_at_the_limit_arrives_whole()
    {
        var (requests, endpoint) = await StartAsync();
        await using (endpoint)
        {
            await endpoint.AskAsync(
                $"PUT /kms/data HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {Limits.MaxBodyBytes}\r\n\r\n", new string('a', Limits.MaxBodyBytes));
        }

        requests.Single().Body.Length.ShouldBe(Limits.MaxBodyBytes);
    }

    [Fact]
    public async Task Sync_bodies_have_their_own_limit()
    {
        var (requests, endpoint) = await StartAsync();
        await using (endpoint)
        {
            await endpoint.AskAsync(
                $"POST /sync HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {Limits.MaxBodyBytes + 1}\r\n\r\n", new string('a', Limits.MaxBodyBytes + 1));
        }

        requests.Single().Body.Length.ShouldBe(Limits.MaxBodyBytes + 1);
        Limits.MaxSyncBodyBytes.ShouldBeGreaterThan(Limits.MaxBodyBytes + 1);
    }

    [Fact]
    public async Task The_answer_goes_out_as_the_node_gave_it_and_names_no_server()
    {
        await using var endpoint = await EndpointFixture.StartAsync((_, _) =>
            Task.FromResult(new KmsResponse(507, [new("X-One", "1"), new("X-One", "2")], Encoding.ASCII.GetBytes("body"))));
        string answer = await endpoint.AskAsync("GET /anything HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        answer.ShouldStartWith("HTTP/1.1 507");
        answer.ShouldContain("X-One: 1\r\nX-One: 2\r\n");
        answer.ShouldEndWith("\r\n\r\nbody");
        answer.ShouldNotContain("Server:", Case.Insensitive);
    }

    [Fact]
    public async Task Cross_origin_headers_do_not_exist_unless_origins_are_listed()
    {
        var (requests, endpoint) = await StartAsync();
        await using (endpoint)
        {
            string answer = await endpoint.AskAsync(Preflight("https://app.example"));
            answer.ShouldNotContain("Access-Control", Case.Insensitive);
        }

        requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_listed_origin_is_answered_and_another_is_not()
    {
        await using var endpoint = await EndpointFixture.StartAsync((_, _) => Task.FromResult(Empty), ["https://app.example"]);
        string listed = await endpoint.AskAsync(Preflight("https://app.example"));
        listed.ShouldStartWith("HTTP/1.1 204");
        listed.ShouldContain("Access-Control-Allow-Origin: https://app.example\r\n");
        string other = await endpoint.AskAsync(Preflight("https://evil.example"));
        other.ShouldNotContain("Access-Control", Case.Insensitive);
    }

    [Theory]
    [InlineData("x-\u00c3\u00bc")] // UTF-8, which Kestrel takes in a request and does not write in an answer
    [InlineData("x-app-nonce, \u00c2\u0085")]
    public async Task A_preflight_that_cannot_be_echoed_is_still_answered(string asked)
    {
        await using var endpoint = await EndpointFixture.StartAsync((_, _) => Task.FromResult(Empty), ["https://app.example"]);
        string answer = await endpoint.AskAsync(Preflight("https://app.example").Replace("x-app-nonce", asked, StringComparison.Ordinal));
        answer.ShouldStartWith("HTTP/1.1 204");
        answer.ShouldContain("Access-Control-Allow-Origin: https://app.example\r\n");
        answer.ShouldNotContain("Access-Control-Allow-Headers");
    }

    [Fact]
    public async Task A_node_that_does_not_answer_in_time_gives_503()
    {
        await using var endpoint = await EndpointFixture.StartAsync(
            async (_, cancel) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
                return Empty;
            },
            timeout: TimeSpan.FromMilliseconds(200));
        string answer = await endpoint.AskAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        answer.ShouldStartWith("HTTP/1.1 503");
        answer.ShouldContain("Retry-After: 1\r\n");
        answer.ShouldContain("\"overloaded\"");
    }

    [Fact]
    public async Task Headers_over_the_limit_never_reach_the_node()
    {
        var (requests, endpoint) = await StartAsync();
        await using (endpoint)
        {
            string many = string.Concat(Enumerable.Range(0, Limits.MaxHeaders + 1).Select(i => $"X-{i}: 1\r\n"));
            (await endpoint.AskAsync($"GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n")).ShouldStartWith("HTTP/1.1 431");
            string large = $"X-Large: {new string('a', 5 * Limits.MaxHeaderValueBytes)}\r\n";
            (await endpoint.AskAsync($"GET / HTTP/1.1\r\nHost: x\r\n{large}\r\n")).ShouldStartWith("HTTP/1.1 431");
        }

        requests.ShouldBeEmpty();
    }

    private static string Preflight(string origin) =>
        $"OPTIONS /kms/derive HTTP/1.1\r\nHost: x\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x-app-nonce\r\nConnection: close\r\n\r\n";

    private static async Task<(List<KmsRequest> Requests, EndpointFixture Endpoint)> StartAsync()
    {
        var requests = new List<KmsRequest>();
        var endpoint = await EndpointFixture.StartAsync((request, _) =>
        {
            requests.Add(request);
            return Task.FromResult(Empty);
        });
        return (requests, endpoint);
    }
}
