using System.Net;
using Kms.Core.Network;

namespace Kms.Core.Ports;

/// <summary>Outbound HTTP to peers. There is no overload that takes a URL: only a checked endpoint can be dialled (H2, M8).</summary>
public interface ITransport
{
    /// <summary>Which kind of endpoint this transport dials for a host; always the same for the same host.</summary>
    /// <param name="host">A DNS name, or an IP literal without brackets.</param>
    TransportRoute RouteTo(string host);

    /// <summary>All addresses of a DNS name, as answered now. Never called for a host that is <see cref="TransportRoute.Proxied"/>.</summary>
    Task<TransportResult<IReadOnlyList<IPAddress>>> ResolveAsync(string host, CancellationToken cancel);

    /// <summary>
    /// One request to the pinned endpoint. Never resolves again, follows no redirect, and reads at most
    /// <see cref="PeerRequest.MaxResponseBytes"/>; more is <see cref="TransportFailure.TooLarge"/>.
    /// </summary>
    Task<TransportResult<PeerResponse>> SendAsync(PinnedEndpoint endpoint, PeerRequest request, CancellationToken cancel);
}
