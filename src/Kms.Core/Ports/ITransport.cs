using System.Net;
using Kms.Core.Network;

namespace Kms.Core.Ports;

/// <summary>Outbound HTTP to peers. There is no overload that takes a URL: only a checked endpoint can be dialled (H2, M8).</summary>
public interface ITransport
{
    /// <summary>Which kind of endpoint this transport can dial.</summary>
    TransportRoute Route { get; }

    /// <summary>All addresses of a DNS name, as answered now. Never called for <see cref="TransportRoute.Proxied"/>.</summary>
    Task<TransportResult<IReadOnlyList<IPAddress>>> ResolveAsync(string host, CancellationToken cancel);

    /// <summary>
    /// One request to the pinned endpoint. Never resolves again, follows no redirect, and reads at most
    /// <see cref="PeerRequest.MaxResponseBytes"/>; more is <see cref="TransportFailure.TooLarge"/>.
    /// </summary>
    Task<TransportResult<PeerResponse>> SendAsync(PinnedEndpoint endpoint, PeerRequest request, CancellationToken cancel);
}
