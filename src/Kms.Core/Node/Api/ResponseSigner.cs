using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Api;

/// <summary>
/// Signs an answer with the node's wallet: v1's header always, v2's too when the request came with a v2 proof. And the check of
/// v2's, for whoever asked a node. v1's carries what Odyn gave: the platform's own client knows v 0 and 1 only, and its supervisor
/// writes no other; v2's is our own, always 27 or 28.
/// </summary>
internal static class ResponseSigner
{
    public const string V1Header = "X-KMS-Response-Signature";
    public const string V2Header = "X-KMS-Response-Signature-2";

    /// <summary>Whether the answer carries the node's v2 signature over it and over the proof of the request that it answers.</summary>
    public static bool IsSignedBy(PeerResponse response, WalletAddress node, string requestProof) =>
        EthereumSignature.TryParse(response.Header(V2Header), out var signature)
        && signature.TryRecover(ProofMessages.ResponseV2(requestProof, node, response.Status, response.Body.Span), out var signer)
        && signer == node;

    /// <summary>The signature headers, or null when Odyn does not sign now.</summary>
    public static async Task<IReadOnlyList<KeyValuePair<string, string>>?> SignAsync(
        NodeServices services,
        Proof proof,
        Reply reply,
        CancellationToken cancel)
    {
        var wallet = services.Identity.Wallet;
        string[] names = proof.Version == 1 ? [V1Header] : [V1Header, V2Header];
        string[] messages = proof.Version == 1
            ? [ProofMessages.ResponseV1(proof.SignatureText, wallet)]
            : [
                ProofMessages.ResponseV1(proof.SignatureText, wallet),
                ProofMessages.ResponseV2(proof.SignatureText, wallet, reply.Status, reply.Body),
            ];
        var signing = new Task<Result<EthereumSignature, OdynFailure>>[messages.Length];
        for (int i = 0; i < messages.Length; i++)
        {
            signing[i] = services.Odyn.SignMessageAsync(messages[i], cancel);
        }

        var signed = await Task.WhenAll(signing);
        var headers = new List<KeyValuePair<string, string>>(signed.Length);
        for (int i = 0; i < signed.Length; i++)
        {
            if (!signed[i].TryGet(out var signature))
            {
                return null;
            }

            headers.Add(new(names[i], names[i] == V1Header ? signature.AsGiven : signature.ToString()));
        }

        return headers;
    }
}
