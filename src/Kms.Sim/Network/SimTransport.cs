using System.Net;
using Kms.Core;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Sim.World;

namespace Kms.Sim.Network;

/// <summary>A node's way out.</summary>
internal sealed class SimTransport(SimNetwork network, string lane, NodeLife life, PortTrouble trouble) : ITransport
{
    public TransportRoute RouteTo(string host) => TransportRoute.Direct;

    public Task<Result<IReadOnlyList<IPAddress>, TransportFailure>> ResolveAsync(string host, CancellationToken cancel) =>
        trouble.IsDue(nameof(ITransport)) ? trouble.ThrowAsync<Result<IReadOnlyList<IPAddress>, TransportFailure>>(nameof(ITransport), cancel)
        : life.CallAsync(network.DnsLatency(), () => network.Resolve(lane, host), cancel);

    public Task<Result<PeerResponse, TransportFailure>> SendAsync(PinnedEndpoint endpoint, PeerRequest request, CancellationToken cancel) =>
        trouble.IsDue(nameof(ITransport)) ? trouble.ThrowAsync<Result<PeerResponse, TransportFailure>>(nameof(ITransport), cancel)
        : network.DialAsync(lane, life, endpoint, request, null, cancel);

    internal static KmsRequest ToRequest(PeerRequest request) => new(request.Method, request.Target, request.Headers, request.Body);
}
