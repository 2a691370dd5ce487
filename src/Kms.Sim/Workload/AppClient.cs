using System.Globalization;
using System.Text.Json;
using Kms.Core;
using Kms.Core.Json;
using Kms.Sim.Kernel;
using Kms.Sim.Network;
using Kms.Sim.World;

namespace Kms.Sim.Workload;

/// <summary>The app's side of the protocol over the network: nonce, proof, envelope, verified answer.</summary>
internal sealed class AppClient(SimNetwork network, ISimLoop loop, SimRandom random, DateTimeOffset genesis)
{
    public const string Lane = "apps";

    private const int MaxAnswerBytes = Kms.Core.Limits.MaxBodyBytes;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <param name="inner">Plaintext of the envelope; null for a request without a body.</param>
    /// <param name="v1">Prove as existing apps do.</param>
    public async Task<WireAnswer> AskAsync(SimApp app, Incarnation server, int node, string method, string target, object? inner, bool v1)
    {
        var body = inner is null ? [] : Seal(app, server, JsonSerializer.SerializeToUtf8Bytes(inner));
        var request = await ProveAsync(app, server, node, method, target, body, v1);
        return request is null ? new WireAnswer(0, null, "no nonce") : await SendAsync(app, server, node, request, v1);
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
        var sent = new KmsRequest(method, target, body.Length > 0 ? [new("content-type", "application/json")] : [], body);
        return Hands(app).Prove(sent, server.Wallet, nonce, time, v1 ? 1 : 2);
    }

    public async Task<WireAnswer> SendAsync(SimApp app, Incarnation server, int node, KmsRequest request, bool v1)
    {
        var answer = await network.SendFromOutsideAsync(new WireMessage(Lane, node, request, Forged: false), Timeout);
        if (answer is null)
        {
            return new WireAnswer(0, null, "no answer");
        }

        if (!Hands(app).IsSigned(request, answer, server.Wallet, v1 ? 1 : 2))
        {
            // An unsigned answer is a transport failure: the host may have made it up.
            return new WireAnswer(0, null, $"unsigned {answer.Status}");
        }

        if (answer.Status is < 200 or >= 300)
        {
            return new WireAnswer(answer.Status, null, System.Text.Encoding.UTF8.GetString(answer.Body.Span));
        }

        if (!Hands(app).TryOpen(answer, server.Keys.Identity.TeePublicKey, out var plain))
        {
            return new WireAnswer(0, null, "not sealed to us");
        }

        return StrictJson.TryParse(plain, MaxAnswerBytes, out var opened)
            ? new WireAnswer(answer.Status, opened, string.Empty)
            : new WireAnswer(0, null, "not JSON, signed and sealed by the node");
    }

    public byte[] Seal(SimApp app, Incarnation server, byte[] plaintext) =>
        Hands(app).Seal(plaintext, server.Keys.Identity.TeePublicKey);

    private WireCaller Hands(SimApp app) => new(app.Keys, random);
}
