using Kms.Core;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Node.Api;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Sim.Enclave;
using Kms.Sim.Kernel;

namespace Kms.Sim.Workload;

/// <summary>
/// The hands of an app at the wire, or of a peer: seals, proves, opens, verifies; each part of a proof can be replaced by what a hostile
/// or broken caller would send. Written against the wire, not the SDK: names of headers stand here once more.
/// </summary>
internal sealed class WireCaller(EnclaveKeys keys, SimRandom random, bool isPeer = false)
{
    private const int SealNonceBytes = 12;

    private readonly string _prefix = isPeer ? "x-kms-" : "x-app-";

    public OdynIdentity Identity => keys.Identity;

    /// <summary>v 0 or 1, as supervisors sign; else 27 or 28.</summary>
    public bool SignsBare { get; set; }

    public byte[] Seal(ReadOnlySpan<byte> plaintext, TeePublicKey receiver) => EnvelopeJson.Serialize(Envelope(plaintext, receiver));

    public OdynEnvelope Envelope(ReadOnlySpan<byte> plaintext, TeePublicKey receiver, int nonceBytes = SealNonceBytes) =>
        keys.Ecies.Seal(plaintext, receiver, random.Bytes(nonceBytes));

    /// <param name="sent">Without the headers of a proof, which come before its own.</param>
    /// <param name="signed">What the proof is about, when that is something else than what is sent.</param>
    /// <param name="signature">How the signature is written; null: as it was made.</param>
    /// <param name="claims">Whether the wallet is named.</param>
    public KmsRequest Prove(
        KmsRequest sent,
        WalletAddress recipient,
        string nonce,
        string timestamp,
        int version = 2,
        KmsRequest? signed = null,
        Func<EthereumSignature, string>? signature = null,
        bool claims = true)
    {
        signed ??= sent;
        var made = keys.Wallet.SignMessage(
            version == 1 ? ProofMessages.AppV1(nonce, recipient, timestamp)
            : isPeer ? ProofMessages.PeerV2(nonce, recipient, timestamp, signed.Method, signed.Target, signed.Body.Span)
            : ProofMessages.AppV2(nonce, recipient, timestamp, signed.Method, signed.Target, signed.Body.Span));
        made = SignsBare ? made.AsBare() : made;
        var headers = new List<KeyValuePair<string, string>>
        {
            new(_prefix + "signature", signature is null ? made.AsGiven : signature(made)),
            new(_prefix + "nonce", nonce),
            new(_prefix + "timestamp", timestamp),
        };
        if (claims)
        {
            headers.Add(new(_prefix + "wallet", Identity.Wallet.ToString()));
        }

        if (version == 2)
        {
            headers.Add(new(_prefix + "pop", "2"));
        }

        return sent with { Headers = [.. headers, .. sent.Headers] };
    }

    /// <summary>Whether the node proved that this is its answer to that request.</summary>
    public bool IsSigned(KmsRequest request, KmsResponse answer, WalletAddress node, int version)
    {
        var proof = request.Headers.First(header => header.Key == _prefix + "signature").Value;
        var name = version == 1 ? "X-KMS-Response-Signature" : "X-KMS-Response-Signature-2";
        var text = answer.Headers.FirstOrDefault(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)).Value;
        var expected = version == 1
            ? ProofMessages.ResponseV1(proof, node)
            : ProofMessages.ResponseV2(proof, node, answer.Status, answer.Body.Span);
        return EthereumSignature.TryParse(text, out var parsed) && parsed.TryRecover(expected, out var signer) && signer == node;
    }

    /// <summary>What the node sealed to this caller.</summary>
    public bool TryOpen(KmsResponse answer, TeePublicKey node, out byte[] plaintext)
    {
        plaintext = [];
        return EnvelopeJson.TryParseFrom(node, answer.Body.Span, out var envelope) && keys.Ecies.TryOpen(envelope, out plaintext);
    }
}
