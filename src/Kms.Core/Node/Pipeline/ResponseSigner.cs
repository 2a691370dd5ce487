using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Ports;

namespace Kms.Core.Node.Pipeline;

/// <summary>Signs an answer with the node's wallet: v1's header always, v2's too when the request came with a v2 proof.</summary>
internal static class ResponseSigner
{
    public const string V1Header = "X-KMS-Response-Signature";
    public const string V2Header = "X-KMS-Response-Signature-2";

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
        var signing = new Task<OdynResult<EthereumSignature>>[messages.Length];
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

            headers.Add(new(names[i], signature.ToString()));
        }

        return headers;
    }
}
