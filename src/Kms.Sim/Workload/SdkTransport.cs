using System.Net;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Sim.Kernel;
using Kms.Sim.Network;
using Kms.Sim.World;

namespace Kms.Sim.Workload;

/// <summary>The way out of one caller, who makes one call at a time: the world's network, with a note of whom the call asked.</summary>
internal sealed class SdkTransport(SimNetwork network, ISimLoop loop, NodeLife life) : ITransport
{
    /// <summary>The call that is under way.</summary>
    public SdkCall? Call { get; set; }

    public TransportRoute RouteTo(string host) => TransportRoute.Direct;

    public Task<Result<IReadOnlyList<IPAddress>, TransportFailure>> ResolveAsync(string host, CancellationToken cancel) =>
        life.CallAsync(network.DnsLatency(), () => network.Resolve(AppClient.Lane, host), cancel);

    public async Task<Result<PeerResponse, TransportFailure>> SendAsync(PinnedEndpoint endpoint, PeerRequest request, CancellationToken cancel)
    {
        var call = Call!;
        var exchange = call.Begin(request.Target, loop.Now);
        var result = await network.DialAsync(AppClient.Lane, life, endpoint, request, exchange, cancel);
        call.End(exchange, result.Failure);
        return result;
    }
}
