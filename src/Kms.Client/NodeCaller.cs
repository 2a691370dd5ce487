using System.Globalization;
using Kms.Core.Authentication;
using Kms.Core.Network;
using Kms.Core.Node.Api;

namespace Kms.Client;

/// <summary>One attempt at one node: nonce, seal, sign v2, send, verify the answer's signature, open it.</summary>
internal sealed class NodeCaller(IAppIdentity identity, ITransport transport, IClock clock, AddressPolicy addresses, TimeSpan timeout)
{
    private const int MaxNonceAnswerBytes = 4 * 1024;

    /// <param name="plaintext">What to seal as the body; null for no body.</param>
    public async Task<NodeAnswer> CallAsync(
        KmsNodeAddress node, string method, string target, ReadOnlyMemory<byte>? plaintext, CancellationToken cancel)
    {
        Invariant.Require(TargetGrammar.IsCanonical(target));
        var (at, unreached) = await ReachAsync(node, cancel);
        if (at is not { } reached)
        {
            return unreached!;
        }

        byte[] body = [];
        if (plaintext is { } secret)
        {
            var sealing = await identity.SealAsync(secret, node.TeePublicKey, cancel);
            if (!sealing.TryGet(out var envelope))
            {
                return NodeAnswer.NoIdentity($"the app's keys did not seal: {sealing.Failure}");
            }

            body = EnvelopeJson.Serialize(envelope);
        }

        var (response, failure) = await SendAsync(node, reached, ProofScheme.App, method, target, body, cancel);
        if (response is null)
        {
            return failure!;
        }

        if (response.Status != 200)
        {
            return KmsAnswers.MayHaveActed(response.Body)
                ? NodeAnswer.Lost($"{node.Url} may have done it and has no answer{Hint(response)}")
                : NodeAnswer.Signed(response.Status, response.Body.ToArray());
        }

        if (!EnvelopeJson.TryParseFrom(node.TeePublicKey, response.Body.Span, out var answer))
        {
            return NodeAnswer.Lost($"{node.Url} answered with no envelope of its own key");
        }

        var opened = await identity.OpenAsync(answer, cancel);
        return opened.TryGet(out byte[]? text)
            ? NodeAnswer.Signed(response.Status, text)
            : NodeAnswer.Lost($"{node.Url}: the answer does not open ({opened.Failure})");
    }

    /// <summary>The public <c>/status</c> of a node, or null. Unsigned: a hint, no evidence.</summary>
    public async Task<ReadOnlyMemory<byte>?> StatusAsync(string url, CancellationToken cancel)
    {
        var pinned = await addresses.PinAsync(url, cancel);
        return pinned.TryGet(out var endpoint) ? await GetAsync(endpoint, "/status", Limits.MaxStatusAnswerBytes, cancel) : null;
    }

    /// <summary>The detailed <c>/status</c>, proven as peers prove themselves: signed, and not sealed, since it holds no secret.</summary>
    public async Task<NodeAnswer> DetailsAsync(KmsNodeAddress node, CancellationToken cancel)
    {
        var (at, unreached) = await ReachAsync(node, cancel);
        if (at is not { } reached)
        {
            return unreached!;
        }

        var (response, failure) = await SendAsync(node, reached, ProofScheme.Peer, "GET", "/status", [], cancel);
        return response is null ? failure! : NodeAnswer.Signed(response.Status, response.Body.ToArray());
    }

    private static List<KeyValuePair<string, string>> Headers(ProofScheme scheme, string signature, string nonce, string timestamp, bool hasBody)
    {
        List<KeyValuePair<string, string>> headers =
        [
            new(scheme.VersionHeader, "2"),
            new(scheme.SignatureHeader, signature),
            new(scheme.NonceHeader, nonce),
            new(scheme.TimestampHeader, timestamp),
        ];
        if (hasBody)
        {
            headers.Add(new("Content-Type", "application/json"));
        }

        return headers;
    }

    /// <summary>Where a node may be dialled and a nonce of its own, or why there is none.</summary>
    private async Task<((PinnedEndpoint Endpoint, string Nonce)? At, NodeAnswer? Failure)> ReachAsync(KmsNodeAddress node, CancellationToken cancel)
    {
        var pinned = await addresses.PinAsync(node.Url, cancel);
        if (!pinned.TryGet(out var endpoint))
        {
            return (null, NodeAnswer.NotSent($"{node.Url} may not be dialled: {pinned}"));
        }

        return await FetchNonceAsync(endpoint, cancel) is { } nonce
            ? ((endpoint, nonce), null)
            : (null, NodeAnswer.NotSent($"{node.Url} gave no nonce"));
    }

    /// <summary>Signs the request, with the proof that the scheme wants, and sends it.</summary>
    /// <returns>The answer that the node signed, or why there is none.</returns>
    private async Task<(PeerResponse? Response, NodeAnswer? Failure)> SendAsync(
        KmsNodeAddress node, (PinnedEndpoint Endpoint, string Nonce) at, ProofScheme scheme, string method, string target, byte[] body, CancellationToken cancel)
    {
        string timestamp = clock.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signing = await identity.SignAsync(scheme.MessageV2(at.Nonce, node.Wallet, timestamp, method, target, body), cancel);
        if (!signing.TryGet(out var proof))
        {
            return (null, NodeAnswer.NoIdentity($"the app's keys did not sign: {signing.Failure}"));
        }

        string signature = proof.ToString();
        var headers = Headers(scheme, signature, at.Nonce, timestamp, body.Length > 0);
        var sent = await transport.SendAsync(at.Endpoint, new PeerRequest(method, target, headers, body, Limits.MaxBodyBytes, timeout), cancel);
        if (!sent.TryGet(out var response))
        {
            return (null, sent.Failure is TransportFailure.Unresolved or TransportFailure.Unreachable or TransportFailure.TlsRefused
                ? NodeAnswer.NotSent($"{node.Url}: {sent.Failure}")
                : NodeAnswer.Lost($"{node.Url}: {sent.Failure}"));
        }

        return ResponseSigner.IsSignedBy(response, node.Wallet, signature)
            ? (response, null)
            : (null, NodeAnswer.Lost($"{node.Url} answered {response.Status} without proof of its origin{Hint(response)}"));
    }

    // Anybody on the way can write this: it helps a person to understand, and decides nothing.
    private static string Hint(PeerResponse response)
    {
        string code = KmsAnswers.ErrorOf(response.Body).Code;
        return code.Length == 0 ? string.Empty : $" ({code})";
    }

    private async Task<string?> FetchNonceAsync(PinnedEndpoint endpoint, CancellationToken cancel) =>
        await GetAsync(endpoint, "/nonce", MaxNonceAnswerBytes, cancel) is { } answer ? KmsAnswers.Nonce(answer) : null;

    private async Task<ReadOnlyMemory<byte>?> GetAsync(PinnedEndpoint endpoint, string target, int maxBytes, CancellationToken cancel)
    {
        var sent = await transport.SendAsync(endpoint, new PeerRequest("GET", target, [], ReadOnlyMemory<byte>.Empty, maxBytes, timeout), cancel);
        return sent.TryGet(out var response) && response.Status == 200 ? response.Body : null;
    }
}
