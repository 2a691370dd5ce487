using System.Net;
using Kms.Core.Network;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Properties.Fakes;

/// <summary>A transport whose answers the test sets, those of DNS and those of peers; it dials nothing.</summary>
internal sealed class FakeTransport(TransportRoute route, params string[] addresses) : ITransport
{
    /// <summary>Hosts that are reached directly whatever the route.</summary>
    public HashSet<string> Direct { get; } = [];

    public List<string> Resolved { get; } = [];

    public TransportFailure? Fails { get; init; }

    public Func<PinnedEndpoint, PeerResponse>? Answers { get; init; }

    public TransportRoute RouteTo(string host) => Direct.Contains(host) ? TransportRoute.Direct : route;

    public Task<Result<IReadOnlyList<IPAddress>, TransportFailure>> ResolveAsync(string host, CancellationToken cancel)
    {
        Resolved.Add(host);
        return Task.FromResult(Fails is { } failure
            ? Result<IReadOnlyList<IPAddress>, TransportFailure>.Fail(failure, "told to")
            : Result<IReadOnlyList<IPAddress>, TransportFailure>.Ok([.. addresses.Select(IPAddress.Parse)]));
    }

    public Task<Result<PeerResponse, TransportFailure>> SendAsync(PinnedEndpoint endpoint, PeerRequest request, CancellationToken cancel) =>
        Answers is { } answer ? Task.FromResult(Result<PeerResponse, TransportFailure>.Ok(answer(endpoint))) : throw new NotSupportedException();
}
