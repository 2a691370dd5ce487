using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kms.Adapters.Transport;
using Kms.Core;
using Kms.Core.Network;
using Kms.Core.Ports;
using Kms.Integration.Support;
using static Kms.Integration.Adapters.TransportTests;

namespace Kms.Integration.Adapters;

/// <summary>TLS is end to end, directly and through a CONNECT proxy, and the host's name is what it proves.</summary>
public sealed class TlsAndProxyTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_peer_with_a_certificate_for_its_name_is_spoken_to(bool proxied)
    {
        await using var server = Server(_authority.Issue("peer.test"));
        await using var proxy = Proxy(server);
        using var transport = Transport(proxied ? proxy : null);

        for (int round = 0; round < 2; round++)
        {
            var response = Get(await transport.SendAsync(Endpoint(server, proxied), Request("GET", "/status"), default));
            Encoding.UTF8.GetString(response.Body.Span).ShouldBe("secret");
        }

        server.ServerName.ShouldBe("peer.test");
        server.Connections.ShouldBe(1);
        server.Requests[0].Header("Host").ShouldBe($"peer.test:{server.Port}");
        proxy.Authorities.ShouldBe(proxied ? [$"peer.test:{server.Port}"] : []);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_certificate_for_another_name_is_TlsRefused(bool proxied)
    {
        await using var server = Server(_authority.Issue("other.test"));
        await using var proxy = Proxy(server);
        using var transport = Transport(proxied ? proxy : null);
        (await transport.SendAsync(Endpoint(server, proxied), Request("GET", "/"), default)).Failure.ShouldBe(TransportFailure.TlsRefused);
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_TlsRefused()
    {
        using var stranger = new TestAuthority();
        await using var server = Server(stranger.Issue("peer.test"));
        using var transport = Transport(null);
        (await transport.SendAsync(Endpoint(server, false), Request("GET", "/"), default)).Failure.ShouldBe(TransportFailure.TlsRefused);
    }

    [Fact]
    public async Task Without_roots_of_its_own_the_transport_trusts_the_systems_only()
    {
        await using var server = Server(_authority.Issue("peer.test"));
        using var transport = new PinnedHttpTransport(new PinnedHttpTransportOptions());
        (await transport.SendAsync(Endpoint(server, false), Request("GET", "/"), default)).Failure.ShouldBe(TransportFailure.TlsRefused);
    }

    [Fact]
    public async Task An_expired_certificate_is_TlsRefused()
    {
        await using var server = Server(_authority.Issue("peer.test", validDays: -1));
        using var transport = Transport(null);
        (await transport.SendAsync(Endpoint(server, false), Request("GET", "/"), default)).Failure.ShouldBe(TransportFailure.TlsRefused);
    }

    [Fact]
    public async Task Checking_a_certificate_dials_nobody()
    {
        // The leaf names a place to fetch its issuer from: the platform's default is to go there.
        await using var lure = RawServer.Json(static _ => "nothing");
        using var stranger = new TestAuthority("stranger");
        await using var server = Server(stranger.Issue("peer.test", issuerUrl: new Uri(lure.Url, "/ca.crt")));
        using var custom = Transport(null);
        using var system = new PinnedHttpTransport(new PinnedHttpTransportOptions());
        (await custom.SendAsync(Endpoint(server, false), Request("GET", "/"), default)).Failure.ShouldBe(TransportFailure.TlsRefused);
        (await system.SendAsync(Endpoint(server, false), Request("GET", "/"), default)).Failure.ShouldBe(TransportFailure.TlsRefused);
        lure.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task A_peer_that_speaks_no_tls_is_TlsRefused()
    {
        await using var server = new RawServer(static (_, _) => Task.CompletedTask);
        await using var greeter = new RawServer(static (_, _) => Task.CompletedTask, _authority.Issue("peer.test"));
        using var transport = Transport(null);
        var plain = new PinnedEndpoint.Direct("http", "peer.test", greeter.Port, IPAddress.Loopback);
        (await transport.SendAsync(plain, Request("GET", "/") with { Timeout = TimeSpan.FromSeconds(2) }, default)).Failure.ShouldNotBeNull();
        (await transport.SendAsync(Endpoint(server, false), Request("GET", "/") with { Timeout = TimeSpan.FromMilliseconds(500) }, default)).Failure.ShouldNotBeNull();
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_proxy_that_refuses_is_Unreachable_and_says_so()
    {
        await using var proxy = new ConnectProxy(new Dictionary<string, IPEndPoint>());
        using var transport = Transport(proxy);
        var result = await transport.SendAsync(new PinnedEndpoint.Proxied("https", "unlisted.test", 443), Request("GET", "/"), default);
        result.Failure.ShouldBe(TransportFailure.Unreachable);
        result.Detail.ShouldNotBeNull().ShouldContain("403");
        proxy.Authorities.ShouldBe(["unlisted.test:443"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.x 200 OK\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("\r\n\r\n")]
    [InlineData("bomb")]
    public async Task A_proxy_that_answers_anything_but_a_tunnel_is_Unreachable(string answer)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(answer == "bomb" ? "HTTP/1.1 200 OK\r\nX: " + new string('x', 100_000) : answer);
        await using var server = new RawServer(async (_, stream) =>
        {
            await stream.WriteAsync(bytes);
            throw new IOException("closed");
        });
        using var transport = new PinnedHttpTransport(new PinnedHttpTransportOptions { ConnectProxy = server.Url });
        var result = await transport.SendAsync(new PinnedEndpoint.Proxied("https", "peer.test", 443), Request("GET", "/"), default);
        result.Failure.ShouldBe(TransportFailure.Unreachable);
    }

    [Fact]
    public async Task No_proxy_at_all_is_Unreachable_and_a_silent_one_times_out()
    {
        var peer = new PinnedEndpoint.Proxied("https", "peer.test", 443);
        using var absent = new PinnedHttpTransport(new PinnedHttpTransportOptions { ConnectProxy = new Uri("http://127.0.0.1:1") });
        (await absent.SendAsync(peer, Request("GET", "/"), default)).Failure.ShouldBe(TransportFailure.Unreachable);

        await using var silent = new RawServer(static (_, _) => Task.Delay(TimeSpan.FromSeconds(30)));
        using var waiting = new PinnedHttpTransport(new PinnedHttpTransportOptions { ConnectProxy = silent.Url });
        (await waiting.SendAsync(peer, Request("GET", "/") with { Timeout = TimeSpan.FromMilliseconds(300) }, default)).Failure.ShouldBe(TransportFailure.TimedOut);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    public async Task No_ip_literal_in_any_notation_goes_through_the_proxy(string host)
    {
        await using var proxy = new ConnectProxy(new Dictionary<string, IPEndPoint>());
        using var transport = Transport(proxy);
        await Should.ThrowAsync<InvariantException>(() => transport.SendAsync(new PinnedEndpoint.Proxied("https", host, 443), Request("GET", "/"), default));
        proxy.Authorities.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_host_that_no_proxy_names_and_loopback_are_dialled_directly_and_others_are_not()
    {
        await using var server = Server(_authority.Issue("peer.test"));
        await using var plain = RawServer.Json(static _ => "plain");
        await using var proxy = Proxy(server);
        NoProxyList.TryParse("peer.test", out var list).ShouldBeTrue();
        using var transport = new PinnedHttpTransport(new PinnedHttpTransportOptions { ConnectProxy = proxy.Url, NoProxy = list!, TrustedRoots = [_authority.Root] });

        Get(await transport.SendAsync(Endpoint(server, false), Request("GET", "/"), default)).Status.ShouldBe(200);
        var loopback = new PinnedEndpoint.Direct("http", "127.0.0.1", plain.Port, IPAddress.Loopback);
        Get(await transport.SendAsync(loopback, Request("GET", "/"), default)).Status.ShouldBe(200);
        proxy.Authorities.ShouldBeEmpty();

        transport.RouteTo("other.test").ShouldBe(TransportRoute.Proxied);
        await Should.ThrowAsync<InvariantException>(() => transport.SendAsync(Endpoint(server, true), Request("GET", "/"), default));
    }

    [Fact]
    public async Task A_transport_dials_only_its_own_kind_of_endpoint()
    {
        await using var server = Server(_authority.Issue("peer.test"));
        await using var proxy = Proxy(server);
        using var direct = Transport(null);
        using var proxied = Transport(proxy);
        await Should.ThrowAsync<InvariantException>(() => direct.SendAsync(Endpoint(server, true), Request("GET", "/"), default));
        await Should.ThrowAsync<InvariantException>(() => proxied.SendAsync(Endpoint(server, false), Request("GET", "/"), default));
        await Should.ThrowAsync<InvariantException>(() => proxied.ResolveAsync("peer.test", default));
        server.Connections.ShouldBe(0);
    }

    private static RawServer Server(X509Certificate2 certificate) => new(static (_, stream) => RawServer.RespondAsync(stream, 200, "secret"), certificate);

    private static ConnectProxy Proxy(RawServer server) =>
        new(new Dictionary<string, IPEndPoint> { ["peer.test"] = new(IPAddress.Loopback, server.Port) });

    private PinnedHttpTransport Transport(ConnectProxy? proxy) =>
        new(new PinnedHttpTransportOptions { ConnectProxy = proxy?.Url, TrustedRoots = [_authority.Root] });

    private static PinnedEndpoint Endpoint(RawServer server, bool proxied) => proxied
        ? new PinnedEndpoint.Proxied("https", "peer.test", server.Port)
        : new PinnedEndpoint.Direct("https", "peer.test", server.Port, IPAddress.Loopback);
}
