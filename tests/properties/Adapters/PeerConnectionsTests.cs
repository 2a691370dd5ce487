using System.Net;
using Kms.Adapters.Transport;
using Kms.Core;
using Kms.Core.Network;
using Kms.Core.Ports;

namespace Kms.Properties.Adapters;

public sealed class PeerConnectionsTests : IDisposable
{
    private readonly PeerConnections _connections = new(new PinnedHttpTransportOptions());

    public void Dispose() => _connections.Dispose();

    [Fact]
    public void Every_peer_up_to_the_limit_keeps_its_pool_and_the_next_takes_the_place_of_the_least_recently_used()
    {
        var pools = Enumerable.Range(0, Limits.MaxPeerConnectionPools).Select(Use).ToArray();
        Use(0).ShouldBeSameAs(pools[0]);

        Use(Limits.MaxPeerConnectionPools);

        Use(0).ShouldBeSameAs(pools[0]);
        Use(2).ShouldBeSameAs(pools[2]);
        Use(1).ShouldNotBeSameAs(pools[1]);
    }

    [Fact]
    public void A_pool_in_use_is_never_closed()
    {
        using var lease = _connections.Rent(Endpoint(0));
        for (int i = 1; i <= Limits.MaxPeerConnectionPools; i++)
        {
            Use(i);
        }

        Use(0).ShouldBeSameAs(lease.Http);
    }

    private HttpMessageInvoker Use(int peer)
    {
        using var lease = _connections.Rent(Endpoint(peer));
        return lease.Http;
    }

    private static PinnedEndpoint.Direct Endpoint(int peer) => new("https", $"node{peer}.example.com", 443, IPAddress.Loopback);
}
