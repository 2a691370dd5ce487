using System.Net;
using Kms.Core;
using Kms.Core.Ports;
using Kms.Sim.World;

namespace Kms.Sim.Network;

/// <summary>A node's way out.</summary>
internal sealed class SimTransport(SimNetwork network, int self, NodeLife life, PortTrouble trouble) : ITransport
{
    public TransportRoute RouteTo(string host) => TransportRoute.Direct;

    public Task<TransportResult<IReadOnlyList<IPAddress>>> ResolveAsync(string host, CancellationToken cancel) =>
        trouble.IsDue ? trouble.ThrowAsync<TransportResult<IReadOnlyList<IPAddress>>>(nameof(ITransport), cancel)
        : life.CallAsync(network.DnsLatency(), () => network.Resolve(self, host), cancel);

    public Task<TransportResult<PeerResponse>> SendAsync(PinnedEndpoint endpoint, PeerRequest request, CancellationToken cancel) =>
        trouble.IsDue ? trouble.ThrowAsync<TransportResult<PeerResponse>>(nameof(ITransport), cancel)
        : network.SendFromNodeAsync(self, life, endpoint, request, cancel);

    internal static KmsRequest ToRequest(PeerRequest request) => new(request.Method, request.Target, request.Headers, request.Body);
}
