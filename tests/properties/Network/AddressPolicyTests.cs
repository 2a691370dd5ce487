using System.Net;
using Kms.Core;
using Kms.Core.Network;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Properties.Fakes;

namespace Kms.Properties.Network;

/// <summary>Only what was checked is dialled (findings H2 and M8).</summary>
public sealed class AddressPolicyTests
{
    private static readonly IPEndPoint Exception = new(IPAddress.Loopback, 8000);

    [Fact]
    public async Task The_endpoint_is_the_address_that_was_checked_resolved_once()
    {
        var transport = new FakeTransport(TransportRoute.Direct, "8.8.8.8", "2606:4700:4700::1111");
        var endpoint = (await Pin(transport, "https://Node.example.com:8443")).GetValueOrDefault().ShouldBeOfType<PinnedEndpoint.Direct>();
        endpoint.Address.ShouldBe(IPAddress.Parse("8.8.8.8"));
        endpoint.Host.ShouldBe("node.example.com");
        endpoint.Port.ShouldBe(8443);
        endpoint.Scheme.ShouldBe("https");
        transport.Resolved.ShouldBe(["node.example.com"]);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("8.8.8.8", "127.0.0.1")]
    [InlineData("10.0.0.1", "8.8.8.8")]
    [InlineData("2606:4700:4700::1111", "::ffff:8.8.8.8")]
    public async Task One_bad_answer_refuses_the_name(params string[] addresses) =>
        (await Pin(new FakeTransport(TransportRoute.Direct, addresses), "https://node.example.com")).Failure.ShouldBe(AddressRefusal.NotPublic);

    [Theory]
    [InlineData("https://8.8.8.8")]
    [InlineData("https://127.0.0.1:8000")]
    [InlineData("https://[::1]:8000")]
    [InlineData("http://node.example.com")]
    public async Task Literals_and_plain_http_need_an_exception(string url) =>
        (await Pin(new FakeTransport(TransportRoute.Direct, "8.8.8.8"), url)).Failure.ShouldBe(AddressRefusal.NotAllowed);

    [Theory]
    [InlineData("http://127.0.0.1:8000", true)]
    [InlineData("https://127.0.0.1:8000", true)]
    [InlineData("http://127.0.0.1:8001", false)]
    [InlineData("http://127.0.0.1", false)]
    [InlineData("http://127.0.0.2:8000", false)]
    [InlineData("http://[::1]:8000", false)]
    public async Task An_exception_is_exactly_one_address_and_port(string url, bool pinned)
    {
        var transport = new FakeTransport(TransportRoute.Direct);
        var result = await new AddressPolicy(transport, [Exception], rootIsAws: false).PinAsync(url, default);
        result.TryGet(out _).ShouldBe(pinned);
        transport.Resolved.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://node.example.com:8000", true, "127.0.0.1")]
    [InlineData("http://node.example.com:8000", false, "127.0.0.1", "8.8.8.8")]
    [InlineData("https://node.example.com:8000", true, "127.0.0.1", "8.8.8.8")]
    [InlineData("https://node.example.com:8001", false, "127.0.0.1")]
    public async Task A_name_may_lead_to_an_exception_and_plain_http_to_nothing_else(string url, bool pinned, params string[] addresses) =>
        (await new AddressPolicy(new FakeTransport(TransportRoute.Direct, addresses), [Exception], rootIsAws: false).PinAsync(url, default))
            .TryGet(out _).ShouldBe(pinned);

    [Fact]
    public void With_the_AWS_root_there_are_no_exceptions() =>
        Should.Throw<ArgumentException>(() => new AddressPolicy(new FakeTransport(TransportRoute.Direct), [Exception], rootIsAws: true));

    [Theory]
    [InlineData("https://node.example.com", true)]
    [InlineData("http://node.example.com", false)]
    [InlineData("https://8.8.8.8", false)]
    [InlineData("https://[2606:4700:4700::1111]", false)]
    [InlineData("http://127.0.0.1:8000", false)]
    public async Task Through_the_proxy_go_names_over_https_only_and_nothing_is_resolved_here(string url, bool pinned)
    {
        var transport = new FakeTransport(TransportRoute.Proxied);
        var result = await new AddressPolicy(transport, [Exception], rootIsAws: false).PinAsync(url, default);
        result.TryGet(out var endpoint).ShouldBe(pinned);
        if (pinned)
        {
            endpoint.ShouldBeOfType<PinnedEndpoint.Proxied>();
        }

        transport.Resolved.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://127.0.0.1:8000", null)]
    [InlineData("http://127.0.0.1:8001", AddressRefusal.NotAllowed)]
    [InlineData("https://direct.example.com", AddressRefusal.NotPublic)]
    public async Task Whom_a_transport_reaches_without_its_proxy_is_checked_as_without_a_proxy(string url, object? refusal)
    {
        var transport = new FakeTransport(TransportRoute.Proxied, "10.0.0.1") { Direct = { "127.0.0.1", "direct.example.com" } };
        var policy = new AddressPolicy(transport, [Exception], rootIsAws: false);
        (await policy.PinAsync(url, default)).Failure.ShouldBe((AddressRefusal?)refusal);
        (await policy.PinAsync("https://node.example.com", default)).GetValueOrDefault().ShouldBeOfType<PinnedEndpoint.Proxied>();
    }

    [Fact]
    public async Task No_answer_or_too_many_give_no_endpoint()
    {
        (await Pin(new FakeTransport(TransportRoute.Direct), "https://node.example.com")).Failure.ShouldBe(AddressRefusal.Unresolved);
        (await Pin(new FakeTransport(TransportRoute.Direct) { Fails = TransportFailure.Unresolved }, "https://node.example.com")).Failure.ShouldBe(AddressRefusal.Unresolved);
        var many = Enumerable.Repeat("8.8.8.8", Limits.MaxResolvedAddresses + 1).ToArray();
        (await Pin(new FakeTransport(TransportRoute.Direct, many), "https://node.example.com")).Failure.ShouldBe(AddressRefusal.TooManyAddresses);
        (await Pin(new FakeTransport(TransportRoute.Direct, many[..^1]), "https://node.example.com")).Failure.ShouldBeNull();
        (await Pin(new FakeTransport(TransportRoute.Direct, "8.8.8.8"), "https://localhost")).Failure.ShouldBe(AddressRefusal.NotAUrl);
    }

    private static Task<Result<PinnedEndpoint, AddressRefusal>> Pin(FakeTransport transport, string url) =>
        new AddressPolicy(transport, [], rootIsAws: true).PinAsync(url, default);
}
