using System.Net;
using Kms.Core;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Sim.World;

namespace Kms.Sim.Network;

/// <summary>A node's way out.</summary>
internal sealed class SimTransport(SimNetwork network, int self, NodeLife life, PortTrouble trouble) : ITransport
{
    public TransportRoute RouteTo(string host) => TransportRoute.Direct;

    public Task<Result<IReadOnlyList<IPAddress>, TransportFailure>> ResolveAsync(string host, CancellationToken cancel) =>
        trouble.IsDue ? trouble.ThrowAsync<Result<IReadOnlyList<IPAddress>, TransportFailure>>(nameof(ITransport), cancel)
        : life.CallAsync(network.DnsLatency(), () => network.Resolve(self, host), cancel);

    public Task<Result<PeerResponse, TransportFailure>> SendAsync(PinnedEndpoint endpoint, PeerRequest request, CancellationToken cancel) =>
        trouble.IsDue ? trouble.ThrowAsync<Result<PeerResponse, TransportFailure>>(nameof(ITransport), cancel)
        : network.SendFromNodeAsync(self, life, endpoint, request, cancel);

    internal static KmsRequest ToRequest(PeerRequest request) => new(request.Method, request.Target, request.Headers, request.Body);
}
