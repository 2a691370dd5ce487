using Kms.Core.Network;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Supervision;

namespace Kms.Core.Node.Peers;

/// <summary>Dials a registered URL: parsed, resolved and checked anew on every single call (findings H2, M8), bounded in time.</summary>
/// <param name="pin">The address policy: the checked endpoint, or why the URL may not be dialled.</param>
internal sealed class PeerDialer(ITransport transport, PortGuard guard, Func<string, CancellationToken, Task<Result<PinnedEndpoint, AddressRefusal>>> pin)
{
    public Task<(PeerResponse? Response, string Failure)> SendAsync(string url, PeerRequest request, CancellationToken cancel) =>
        guard.RunAsync(
            WorkUnit.TransportPort,
            (int)Math.Min(Limits.PeerTimeoutMs, request.Timeout.TotalMilliseconds),
            token => DialAsync(url, request, token),
            why => ((PeerResponse?)null, why),
            cancel);

    private async Task<(PeerResponse? Response, string Failure)> DialAsync(string url, PeerRequest request, CancellationToken cancel)
    {
        var pinned = await pin(url, cancel);
        if (!pinned.TryGet(out var endpoint))
        {
            return (null, $"address refused: {pinned}");
        }

        var answer = await transport.SendAsync(endpoint, request, cancel);
        if (!answer.TryGet(out var response))
        {
            return (null, $"{answer.Failure}: {answer.Detail}");
        }

        return response.Body.Length > request.MaxResponseBytes ? (null, "the answer is too long") : (response, string.Empty);
    }
}
