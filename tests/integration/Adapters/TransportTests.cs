using System.IO.Compression;
using System.Net;
using System.Text;
using Kms.Adapters.Transport;
using Kms.Core;
using Kms.Core.Network;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Integration.Support;

namespace Kms.Integration.Adapters;

/// <summary>The pinned transport against raw sockets: what it sends, whom it dials, and what it puts up with.</summary>
public sealed class TransportTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/kms/data?key=a%2Fb")]
    [InlineData("/kms/data/a/../b/./c")]
    [InlineData("//double//slash")]
    [InlineData("/%41%7E%2e%2E%2F%5c%c3%a9")]
    [InlineData("/a?b=%20+%26;c='d'(e)!*,|^`{}[]\\")]
    [InlineData("/a?b?c=d&&=")]
    public async Task The_target_is_sent_exactly_as_given(string target)
    {
        await using var server = RawServer.Json(static _ => "ok");
        using var transport = Direct();
        var response = Get(await transport.SendAsync(Endpoint(server), Request("GET", target), default));
        response.Status.ShouldBe(200);
        server.Requests[^1].Line.ShouldBe($"GET {target} HTTP/1.1");
    }

    [Fact]
    public async Task Method_headers_and_body_arrive_and_the_host_is_the_name_that_nobody_resolved()
    {
        await using var server = new RawServer(static (request, stream) => RawServer.RespondAsync(stream, 418, request.Text, "X-One: 1\r\nX-Two: a\r\nX-Two: b\r\n"));
        using var transport = Direct();
        byte[] body = [.. "{\"é\":"u8, 0, 255, 1];
        var request = Request("DELETE", "/sync") with
        {
            Body = body,
            Headers = [new("x-kms-signature", "0xAB"), new("Content-Type", "application/cbor"), new("x-repeated", "1"), new("x-repeated", "2")],
        };

        var response = Get(await transport.SendAsync(Endpoint(server, "peer.invalid"), request, default));

        response.Status.ShouldBe(418);
        response.Header("x-one").ShouldBe("1");
        response.Header("X-Two").ShouldBeNull("it is repeated");
        var sent = server.Requests.ShouldHaveSingleItem();
        sent.Body.ShouldBe(body);
        sent.Header("Host").ShouldBe($"peer.invalid:{server.Port}");
        sent.Header("x-kms-signature").ShouldBe("0xAB");
        sent.Header("Content-Type").ShouldBe("application/cbor");
        foreach (string added in (string[])["User-Agent", "Accept-Encoding", "Cookie", "Authorization", "traceparent", "Expect"])
        {
            sent.Header(added).ShouldBeNull(added);
        }
    }

    [Fact]
    public async Task A_bodyless_post_and_a_get_with_a_content_type_are_sent()
    {
        await using var server = RawServer.Json(static _ => "ok");
        using var transport = Direct();
        Get(await transport.SendAsync(Endpoint(server), Request("GET", "/") with { Headers = [new("Content-Type", "application/json")] }, default));
        Get(await transport.SendAsync(Endpoint(server), Request("POST", "/"), default));
        server.Requests[0].Header("Content-Type").ShouldBe("application/json");
        server.Requests[1].Line.ShouldBe("POST / HTTP/1.1");
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_arrives_as_its_status_and_is_not_followed(int status)
    {
        await using var target = RawServer.Json(static _ => "stolen");
        await using var server = new RawServer((_, stream) => RawServer.RespondAsync(stream, status, string.Empty, $"Location: {target.Url}\r\n"));
        using var transport = Direct();
        Get(await transport.SendAsync(Endpoint(server), Request("GET", "/"), default)).Status.ShouldBe(status);
        target.Connections.ShouldBe(0);
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Cookies_are_not_kept_and_nothing_is_decompressed()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(new byte[100_000]);
        }

        await using var server = new RawServer(async (_, stream) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Encoding: gzip\r\nContent-Length: {packed.Length}\r\n\r\n"));
            await stream.WriteAsync(packed.ToArray());
        });
        using var transport = Direct();
        for (int round = 0; round < 2; round++)
        {
            Get(await transport.SendAsync(Endpoint(server), Request("GET", "/"), default)).Body.ToArray().ShouldBe(packed.ToArray());
        }

        server.Requests.ShouldAllBe(static request => request.Header("Cookie") == null);
    }

    [Theory]
    [InlineData("declared")]
    [InlineData("chunked")]
    [InlineData("until close")]
    public async Task A_body_over_the_limit_is_cut_and_one_at_the_limit_is_not(string framing)
    {
        await using var server = new RawServer(async (request, stream) =>
        {
            byte[] body = new byte[request.Path == "/over" ? 1001 : 1000];
            await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\n" + framing switch
            {
                "declared" => $"Content-Length: {body.Length}\r\n\r\n",
                "chunked" => $"Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n",
                _ => "Connection: close\r\n\r\n",
            }));
            await stream.WriteAsync(body);
            if (framing == "chunked")
            {
                await stream.WriteAsync("\r\n0\r\n\r\n"u8.ToArray());
            }
            else if (framing == "until close")
            {
                throw new IOException("closed");
            }
        });
        using var transport = Direct();
        Get(await transport.SendAsync(Endpoint(server), Request("GET", "/at"), default)).Body.Length.ShouldBe(1000);
        (await transport.SendAsync(Endpoint(server), Request("GET", "/over"), default)).Failure.ShouldBe(TransportFailure.TooLarge);
    }

    [Fact]
    public async Task A_body_without_end_costs_no_more_than_the_limit()
    {
        long written = 0;
        await using var server = new RawServer(async (_, stream) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
            while (true)
            {
                await stream.WriteAsync(new byte[64 * 1024]);
                Interlocked.Add(ref written, 64 * 1024);
            }
        });
        using var transport = Direct();
        (await transport.SendAsync(Endpoint(server), Request("GET", "/"), default)).Failure.ShouldBe(TransportFailure.TooLarge);
        await Task.Delay(50);
        long soon = Interlocked.Read(ref written);
        await Task.Delay(50);
        Interlocked.Read(ref written).ShouldBe(soon, "the connection was closed");
    }

    [Theory]
    [InlineData("silence")]
    [InlineData("headers that drip")]
    [InlineData("a body that drips")]
    [InlineData("endless interim responses")]
    public async Task A_slow_peer_is_timed_out_as_a_whole(string slowness)
    {
        await using var server = new RawServer(async (_, stream) =>
        {
            string start = slowness switch
            {
                "silence" => string.Empty,
                "headers that drip" => "HTTP/1.1 200 OK\r\nX-",
                "a body that drips" => "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n",
                _ => "HTTP/1.1 100 Continue\r\n\r\n",
            };
            await stream.WriteAsync(Encoding.ASCII.GetBytes(start));
            while (true)
            {
                await Task.Delay(20);
                await stream.WriteAsync(slowness switch
                {
                    "silence" => [],
                    "endless interim responses" => "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(),
                    _ => "a"u8.ToArray(),
                });
            }
        });
        using var transport = Direct();
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        var result = await transport.SendAsync(Endpoint(server), Request("GET", "/") with { Timeout = TimeSpan.FromMilliseconds(400) }, default);
        result.Failure.ShouldBe(TransportFailure.TimedOut);
        System.Diagnostics.Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(1, 100_000)]
    [InlineData(1_000, 10)]
    [InlineData(Limits.MaxResponseHeaders, 1)]
    public async Task Header_bombs_are_TooLarge(int count, int length)
    {
        string headers = string.Concat(Enumerable.Range(0, count).Select(i => $"X-{i}: {new string('h', length)}\r\n"));
        await using var server = new RawServer((_, stream) => RawServer.RespondAsync(stream, 200, "ok", headers));
        using var transport = Direct();
        (await transport.SendAsync(Endpoint(server), Request("GET", "/"), default)).Failure.ShouldBe(TransportFailure.TooLarge);
    }

    [Fact]
    public async Task As_many_headers_as_the_limit_are_read()
    {
        // Content-Length is one of them.
        string headers = string.Concat(Enumerable.Range(1, Limits.MaxResponseHeaders - 1).Select(static i => $"X-{i}: h\r\n"));
        await using var server = new RawServer((_, stream) => RawServer.RespondAsync(stream, 200, "ok", headers));
        using var transport = Direct();
        Get(await transport.SendAsync(Endpoint(server), Request("GET", "/"), default)).Headers.Count.ShouldBe(Limits.MaxResponseHeaders);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")]
    [InlineData("HTTP/1.1 999999 X\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    public async Task A_broken_answer_is_Lost_and_the_request_is_not_sent_again(string answer)
    {
        await using var server = new RawServer(async (_, stream) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
            throw new IOException("closed");
        });
        using var transport = Direct();
        (await transport.SendAsync(Endpoint(server), Request("PUT", "/") with { Body = new byte[10] }, default)).Failure.ShouldBe(TransportFailure.Lost);
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_listening_is_Unreachable_and_cancellation_is_the_callers()
    {
        using var transport = Direct();
        var nobody = new PinnedEndpoint.Direct("http", "peer.test", 1, IPAddress.Loopback);
        (await transport.SendAsync(nobody, Request("GET", "/"), default)).Failure.ShouldBe(TransportFailure.Unreachable);

        await using var silent = new RawServer(static (_, _) => Task.Delay(TimeSpan.FromSeconds(30)));
        using var cancel = new CancellationTokenSource(50);
        await Should.ThrowAsync<OperationCanceledException>(() => transport.SendAsync(Endpoint(silent), Request("GET", "/"), cancel.Token));
    }

    [Fact]
    public async Task A_connection_to_one_address_never_serves_a_pin_to_another()
    {
        await using var first = new RawServer(static (_, stream) => RawServer.RespondAsync(stream, 200, "first"));
        await using var second = new RawServer(static (_, stream) => RawServer.RespondAsync(stream, 200, "second"), address: IPAddress.Parse("127.0.0.2"), port: first.Port);
        using var transport = Direct();
        for (int round = 0; round < 3; round++)
        {
            foreach (var (address, expected) in ((string, string)[])[("127.0.0.1", "first"), ("127.0.0.2", "second")])
            {
                var endpoint = new PinnedEndpoint.Direct("http", "peer.test", first.Port, IPAddress.Parse(address));
                var response = Get(await transport.SendAsync(endpoint, Request("GET", "/"), default));
                Encoding.UTF8.GetString(response.Body.Span).ShouldBe(expected);
            }
        }

        first.Connections.ShouldBe(1, "connections are reused for the same pin");
        second.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task A_peer_gets_its_limit_of_connections_and_one_request_more_waits_for_one_of_them()
    {
        int asked = 0;
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawServer(async (_, stream) =>
        {
            if (Interlocked.Increment(ref asked) == Limits.MaxConnectionsPerPeer)
            {
                full.SetResult();
            }

            await full.Task;
            await RawServer.RespondAsync(stream, 200, "ok");
        });
        using var transport = Direct();

        var answers = await Task.WhenAll(Enumerable.Range(0, Limits.MaxConnectionsPerPeer + 1)
            .Select(_ => transport.SendAsync(Endpoint(server), Request("GET", "/"), default)));

        answers.ShouldAllBe(answer => answer.Failure == null);
        server.Connections.ShouldBe(Limits.MaxConnectionsPerPeer);
    }

    [Fact]
    public async Task Names_resolve_or_are_Unresolved()
    {
        using var transport = Direct();
        Get(await transport.ResolveAsync("localhost", default)).ShouldAllBe(static address => IPAddress.IsLoopback(address));
        foreach (string name in (string[])["no-such-name.invalid", "", new string('a', 300), "a b", "\0"])
        {
            (await transport.ResolveAsync(name, default)).Failure.ShouldBe(TransportFailure.Unresolved, name);
        }
    }

    [Theory]
    [InlineData("relative")]
    [InlineData("/space here")]
    [InlineData("/line\r\nX-Injected: 1")]
    [InlineData("/é")]
    [InlineData("")]
    public async Task A_target_that_is_no_target_is_a_bug_of_the_caller(string target)
    {
        await using var server = RawServer.Json(static _ => "ok");
        using var transport = Direct();
        await Should.ThrowAsync<InvariantException>(() => transport.SendAsync(Endpoint(server), Request("GET", target), default));
        server.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("x-a", "1\r\nX-Injected: 1")]
    public async Task A_header_that_changes_the_peer_or_the_message_is_a_bug_of_the_caller(string name, string value)
    {
        await using var server = RawServer.Json(static _ => "ok");
        using var transport = Direct();
        await Should.ThrowAsync<InvariantException>(() =>
            transport.SendAsync(Endpoint(server), Request("GET", "/") with { Headers = [new(name, value)] }, default));
        server.Connections.ShouldBe(0);
    }

    internal static PeerRequest Request(string method, string target) => new(method, target, [], default, 1000, TimeSpan.FromSeconds(10));

    internal static T Get<T>(Result<T, TransportFailure> result)
    {
        result.TryGet(out var value).ShouldBeTrue($"{result.Failure}: {result.Detail}");
        return value!;
    }

    private static PinnedHttpTransport Direct() => new(new PinnedHttpTransportOptions());

    private static PinnedEndpoint.Direct Endpoint(RawServer server, string host = "peer.test") => new("http", host, server.Port, IPAddress.Loopback);
}
