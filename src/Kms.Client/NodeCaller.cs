using System.Globalization;
using Kms.Core.Authentication;
using Kms.Core.Network;
using Kms.Core.Node.Pipeline;

namespace Kms.Client;

/// <summary>One attempt at one node: nonce, seal, sign v2, send, verify the answer's signature, open it.</summary>
internal sealed class NodeCaller(IAppIdentity identity, ITransport transport, AddressPolicy addresses, TimeSpan timeout)
{
    private const int MaxNonceAnswerBytes = 4 * 1024;
    private const int MaxStatusBytes = 64 * 1024;

    // A 1 MiB value is 1.4 MiB of base64, twice that as hex.
    private const int MaxAnswerBytes = Limits.MaxBodyBytes;

    /// <param name="plaintext">What to seal as the body; null for no body.</param>
    public async Task<NodeAnswer> CallAsync(
        KmsNodeAddress node, string method, string target, ReadOnlyMemory<byte>? plaintext, CancellationToken cancel)
    {
        Invariant.Require(TargetGrammar.IsCanonical(target));
        var pinned = await addresses.PinAsync(node.Url, cancel);
        if (pinned.Endpoint is not { } endpoint)
        {
            return NodeAnswer.NotSent($"{node.Url} may not be dialled: {pinned.Refusal}");
        }

        if (await FetchNonceAsync(endpoint, cancel) is not { } nonce)
        {
            return NodeAnswer.NotSent($"{node.Url} gave no nonce");
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

        string timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signing = await identity.SignAsync(ProofMessages.AppV2(nonce, node.Wallet, timestamp, method, target, body), cancel);
        return signing.TryGet(out var signature)
            ? await SendAsync(node, endpoint, new PeerRequest(method, target, Headers(signature.ToString(), nonce, timestamp, body.Length > 0), body, MaxAnswerBytes, timeout), signature.ToString(), cancel)
            : NodeAnswer.NoIdentity($"the app's keys did not sign: {signing.Failure}");
    }

    /// <summary>The public <c>/status</c> of a node, or null. Unsigned: a hint, no evidence.</summary>
    public async Task<ReadOnlyMemory<byte>?> StatusAsync(string url, CancellationToken cancel)
    {
        var pinned = await addresses.PinAsync(url, cancel);
        return pinned.Endpoint is { } endpoint ? await GetAsync(endpoint, "/status", MaxStatusBytes, cancel) : null;
    }

    private static List<KeyValuePair<string, string>> Headers(string signature, string nonce, string timestamp, bool hasBody)
    {
        List<KeyValuePair<string, string>> headers =
        [
            new("x-app-pop", "2"),
            new("x-app-signature", signature),
            new("x-app-nonce", nonce),
            new("x-app-timestamp", timestamp),
        ];
        if (hasBody)
        {
            headers.Add(new("Content-Type", "application/json"));
        }

        return headers;
    }

    private async Task<NodeAnswer> SendAsync(KmsNodeAddress node, PinnedEndpoint endpoint, PeerRequest request, string signature, CancellationToken cancel)
    {
        var sent = await transport.SendAsync(endpoint, request, cancel);
        if (!sent.TryGet(out var response))
        {
            return sent.Failure is TransportFailure.Unresolved or TransportFailure.Unreachable or TransportFailure.TlsRefused
                ? NodeAnswer.NotSent($"{node.Url}: {sent.Failure}")
                : NodeAnswer.Lost($"{node.Url}: {sent.Failure}");
        }

        if (!IsSigned(node, response, signature))
        {
            return NodeAnswer.Lost($"{node.Url} answered {response.Status} without proof of its origin{Hint(response)}");
        }

        if (response.Status != 200)
        {
            return NodeAnswer.Signed(response.Status, response.Body.ToArray());
        }

        if (!EnvelopeJson.TryParseFrom(node.TeePublicKey, response.Body.Span, out var envelope))
        {
            return NodeAnswer.Lost($"{node.Url} answered with no envelope of its own key");
        }

        var opened = await identity.OpenAsync(envelope, cancel);
        return opened.TryGet(out byte[]? plaintext)
            ? NodeAnswer.Signed(response.Status, plaintext)
            : NodeAnswer.Lost($"{node.Url}: the answer does not open ({opened.Failure})");
    }

    private static bool IsSigned(KmsNodeAddress node, PeerResponse response, string signature) =>
        EthereumSignature.TryParse(response.Header(ResponseSigner.V2Header), out var proof)
        && proof.TryRecover(ProofMessages.ResponseV2(signature, node.Wallet, response.Status, response.Body.Span), out var signer)
        && signer == node.Wallet;

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
