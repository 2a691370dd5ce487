using System.Globalization;
using System.Text.Json;
using Kms.Core;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Json;
using Kms.Core.Node.Pipeline;
using Kms.Core.Primitives;
using Kms.Sim.Kernel;
using Kms.Sim.Network;
using Kms.Sim.World;

namespace Kms.Sim.Workload;

/// <summary>The app's side of the protocol: nonce, proof, envelope, verified answer. Written against the wire, not the SDK.</summary>
internal sealed class AppClient(SimNetwork network, ISimLoop loop, SimRandom random, DateTimeOffset genesis)
{
    public const string Lane = "apps";

    private const int MaxAnswerBytes = Kms.Core.Limits.MaxBodyBytes;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <param name="inner">Plaintext of the envelope; null for a request without a body.</param>
    /// <param name="v1">Prove as existing apps do.</param>
    public async Task<AppAnswer> AskAsync(SimApp app, Incarnation server, int node, string method, string target, object? inner, bool v1)
    {
        var body = inner is null ? [] : Seal(app, server, JsonSerializer.SerializeToUtf8Bytes(inner));
        var request = await ProveAsync(app, server, node, method, target, body, v1);
        return request is null ? new AppAnswer(0, null, "no nonce") : await SendAsync(app, server, node, request, v1);
    }

    /// <summary>A request with a fresh proof, not sent yet; null when the node gave no nonce.</summary>
    public async Task<KmsRequest?> ProveAsync(SimApp app, Incarnation server, int node, string method, string target, byte[] body, bool v1)
    {
        var nonceAnswer = await network.SendFromOutsideAsync(new WireMessage(Lane, node, new KmsRequest("GET", "/nonce", [], default), Forged: false), Timeout);
        if (nonceAnswer is not { Status: 200 })
        {
            return null;
        }

        if (!StrictJson.TryParse(nonceAnswer.Body, MaxAnswerBytes, out var json) || json["nonce"].Text is not { } nonce)
        {
            return null;
        }

        var time = (genesis + loop.Now).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var message = v1
            ? ProofMessages.AppV1(nonce, server.Wallet, time)
            : ProofMessages.AppV2(nonce, server.Wallet, time, method, target, body);
        var headers = new List<KeyValuePair<string, string>>
        {
            new("x-app-signature", app.Keys.Wallet.SignMessage(message).ToString()),
            new("x-app-nonce", nonce),
            new("x-app-timestamp", time),
            new("x-app-wallet", app.Wallet.ToString()),
        };
        if (!v1)
        {
            headers.Add(new("x-app-pop", "2"));
        }

        if (body.Length > 0)
        {
            headers.Add(new("content-type", "application/json"));
        }

        return new KmsRequest(method, target, headers, body);
    }

    public async Task<AppAnswer> SendAsync(SimApp app, Incarnation server, int node, KmsRequest request, bool v1)
    {
        var message = new WireMessage(Lane, node, request, Forged: false);
        var answer = await network.SendFromOutsideAsync(message, Timeout);
        if (answer is null)
        {
            return new AppAnswer(0, null, "no answer");
        }

        if (!IsSigned(message, answer, server.Wallet, v1))
        {
            // An unsigned answer is a transport failure: the host may have made it up.
            return new AppAnswer(0, null, $"unsigned {answer.Status}");
        }

        if (answer.Status is < 200 or >= 300)
        {
            return new AppAnswer(answer.Status, null, System.Text.Encoding.UTF8.GetString(answer.Body.Span));
        }

        if (!EnvelopeJson.TryParseFrom(server.Keys.Identity.TeePublicKey, answer.Body.Span, out var envelope) || !app.Keys.Exchange.TryOpen(envelope, out var plain))
        {
            return new AppAnswer(0, null, "not sealed to us");
        }

        return StrictJson.TryParse(plain, MaxAnswerBytes, out var opened)
            ? new AppAnswer(answer.Status, opened, string.Empty)
            : new AppAnswer(0, null, "not JSON, signed and sealed by the node");
    }

    public byte[] Seal(SimApp app, Incarnation server, byte[] plaintext) =>
        EnvelopeJson.Serialize(app.Keys.Exchange.Seal(plaintext, server.Keys.Identity.TeePublicKey, random.Bytes(12)));

    private static bool IsSigned(WireMessage message, KmsResponse answer, WalletAddress server, bool v1)
    {
        var name = v1 ? "X-KMS-Response-Signature" : "X-KMS-Response-Signature-2";
        var text = answer.Headers.FirstOrDefault(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)).Value;
        var expected = v1
            ? ProofMessages.ResponseV1(message.Proof!, server)
            : ProofMessages.ResponseV2(message.Proof!, server, answer.Status, answer.Body.Span);
        return EthereumSignature.TryParse(text, out var signature) && signature.TryRecover(expected, out var signer) && signer == server;
    }
}
