using System.Net;
using Kms.Core;
using Kms.Core.Network;
using Kms.Core.Node;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Properties.Fakes;

/// <summary>Carries requests between nodes in memory; names resolve to public addresses.</summary>
internal sealed class ClusterTransport(ManualClock clock, Dictionary<string, KmsNode> nodes) : ITransport
{
    public TransportRoute RouteTo(string host) => TransportRoute.Direct;

    public HashSet<string> Down { get; } = [];

    /// <summary>What names resolve to; tests point it at private addresses.</summary>
    public Func<string, IPAddress> Resolver { get; set; } = _ => IPAddress.Parse("93.184.216.34");

    /// <summary>Hosts that accept a connection and say nothing until the caller gives up.</summary>
    public HashSet<string> Silent { get; } = [];

    /// <summary>What the implementation of the port throws instead of answering.</summary>
    public Func<Exception?> Throws { get; set; } = () => null;

    public int Dials { get; private set; }

    /// <summary>A hop that may rewrite an answer.</summary>
    public Func<string, PeerRequest, PeerResponse, PeerResponse>? Tamper { get; set; }

    public Task<Result<IReadOnlyList<IPAddress>, TransportFailure>> ResolveAsync(string host, CancellationToken cancel) =>
        Task.FromResult(Result<IReadOnlyList<IPAddress>, TransportFailure>.Ok([Resolver(host)]));

    public async Task<Result<PeerResponse, TransportFailure>> SendAsync(PinnedEndpoint endpoint, PeerRequest request, CancellationToken cancel)
    {
        Dials++;
        if (Throws() is { } thrown)
        {
            throw thrown;
        }

        if (Silent.Contains(endpoint.Host))
        {
            await clock.DelayAsync(TimeSpan.FromDays(1), cancel);
        }

        await clock.DelayAsync(TimeSpan.FromMilliseconds(5), cancel);
        if (Down.Contains(endpoint.Host) || !nodes.TryGetValue(endpoint.Host, out var node))
        {
            return Result<PeerResponse, TransportFailure>.Fail(TransportFailure.Unreachable, "down");
        }

        var answer = await node.HandleAsync(new KmsRequest(request.Method, request.Target, request.Headers, request.Body), cancel);
        await clock.DelayAsync(TimeSpan.FromMilliseconds(5), cancel);
        var response = new PeerResponse(answer.Status, answer.Headers, answer.Body);
        return Result<PeerResponse, TransportFailure>.Ok(Tamper is { } tamper ? tamper(endpoint.Host, request, response) : response);
    }
}
