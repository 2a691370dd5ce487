using System.Net;
using Kms.Core.Primitives;

namespace Kms.Core.Ports;

/// <summary>Outbound HTTP to peers. There is no overload that takes a URL: only a checked endpoint can be dialled (H2, M8).</summary>
public interface ITransport
{
    /// <summary>Which kind of endpoint this transport dials for a host; always the same for the same host.</summary>
    /// <param name="host">A DNS name, or an IP literal without brackets.</param>
    TransportRoute RouteTo(string host);

    /// <summary>All addresses of a DNS name, as answered now. Never called for a host that is <see cref="TransportRoute.Proxied"/>.</summary>
    Task<Result<IReadOnlyList<IPAddress>, TransportFailure>> ResolveAsync(string host, CancellationToken cancel);

    /// <summary>
    /// One request to the pinned endpoint. Never resolves again, follows no redirect, and reads at most
    /// <see cref="PeerRequest.MaxResponseBytes"/>; more is <see cref="TransportFailure.TooLarge"/>.
    /// </summary>
    Task<Result<PeerResponse, TransportFailure>> SendAsync(PinnedEndpoint endpoint, PeerRequest request, CancellationToken cancel);
}

/// <summary>How a transport reaches peers: its own sockets, or the enclave's CONNECT proxy.</summary>
public enum TransportRoute
{
    Direct,
    Proxied,
}

/// <summary>A request to a peer.</summary>
/// <param name="Target">Raw request target, e.g. <c>/sync</c>: sent exactly so, since it is signed.</param>
/// <param name="Timeout">For the whole exchange.</param>
public sealed record PeerRequest(
    string Method,
    string Target,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    ReadOnlyMemory<byte> Body,
    int MaxResponseBytes,
    TimeSpan Timeout);

/// <summary>A peer's answer; redirects arrive here as their status, never followed.</summary>
public sealed record PeerResponse(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>The single value of a header, or null when absent or repeated.</summary>
    public string? Header(string name)
    {
        string? found = null;
        foreach (var (key, value) in Headers)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                if (found is not null)
                {
                    return null;
                }

                found = value;
            }
        }

        return found;
    }
}

/// <summary>Why a peer gave no answer. <see cref="Lost"/> says nothing about whether the request was acted on.</summary>
public enum TransportFailure
{
    Unresolved,
    Unreachable,
    TimedOut,
    Lost,
    TooLarge,
    TlsRefused,
}
