using System.Globalization;
using System.Text;
using System.Text.Json;
using Kms.Core;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Node;
using Kms.Core.Node.Pipeline;
using Kms.Core.Primitives;

namespace Kms.Properties.Fakes;

/// <summary>An app instance (or a peer) that talks to the pipeline, honestly unless told otherwise.</summary>
internal sealed class AppCaller(PipelineWorld world, FakeOdyn odyn)
{
    public FakeOdyn Odyn { get; } = odyn;

    public bool IsPeer { get; init; }

    public WalletAddress Wallet => Odyn.Identity.Wallet;

    public TeePublicKey TeeKey => Odyn.Identity.TeePublicKey;

    private string Prefix => IsPeer ? "x-kms-" : "x-app-";

    /// <summary>The body of an inner payload, sealed to the node.</summary>
    public byte[] Seal(string innerJson) => Seal(Encoding.UTF8.GetBytes(innerJson));

    public byte[] Seal(byte[] inner) => EnvelopeJson.Serialize(Odyn.Seal(inner, world.Node.Identity.TeePublicKey));

    /// <summary>A proven request; each part can be replaced by what a hostile or broken caller would send.</summary>
    public KmsRequest Request(
        string method,
        string target,
        byte[]? body = null,
        int version = 2,
        string? nonce = null,
        string? timestamp = null,
        WalletAddress? recipient = null,
        string? signedMethod = null,
        string? signedTarget = null,
        byte[]? signedBody = null,
        Func<EthereumSignature, string>? signature = null,
        bool claim = true)
    {
        body ??= [];
        nonce ??= world.Nonces.Issue();
        timestamp ??= world.NowSeconds.ToString(CultureInfo.InvariantCulture);
        var to = recipient ?? world.Node.Identity.Wallet;
        var message = (version, IsPeer) switch
        {
            (1, _) => ProofMessages.AppV1(nonce, to, timestamp),
            (_, false) => ProofMessages.AppV2(nonce, to, timestamp, signedMethod ?? method, signedTarget ?? target, signedBody ?? body),
            _ => ProofMessages.PeerV2(nonce, to, timestamp, signedMethod ?? method, signedTarget ?? target, signedBody ?? body),
        };
        var signed = Odyn.Sign(message);
        var headers = new List<KeyValuePair<string, string>>
        {
            new(Prefix + "signature", signature is null ? signed.AsGiven : signature(signed)),
            new(Prefix + "nonce", nonce),
            new(Prefix + "timestamp", timestamp),
        };
        if (claim)
        {
            headers.Add(new(Prefix + "wallet", Wallet.ToString()));
        }

        if (version == 2)
        {
            headers.Add(new(Prefix + "pop", "2"));
        }

        return new KmsRequest(method, target, headers, body);
    }

    /// <summary>Sends a sealed payload and opens the answer; checks every signature that the answer must carry.</summary>
    public async Task<JsonElement> Call(string method, string target, string? inner = null, int version = 2)
    {
        var request = Request(method, target, inner is null ? null : Seal(inner), version);
        var response = await world.Send(request);
        response.Status.ShouldBe(200, Encoding.UTF8.GetString(response.Body.Span));
        CheckSignatures(request, response);
        return Open(response);
    }

    public JsonElement Open(KmsResponse response)
    {
        EnvelopeJson.Parse(response.Body.Span).TryGet(out var envelope).ShouldBeTrue("an answer is an envelope");
        envelope!.Sender.ShouldBe(world.Node.Identity.TeePublicKey);
        using var document = JsonDocument.Parse(Odyn.Open(envelope));
        return document.RootElement.Clone();
    }

    public void CheckSignatures(KmsRequest request, KmsResponse response)
    {
        var clientSignature = request.Headers.Single(header => header.Key == Prefix + "signature").Value;
        bool isV2 = request.Headers.Any(header => header.Key == Prefix + "pop");
        var node = world.Node.Identity.Wallet;
        Signer(response, "X-KMS-Response-Signature", ProofMessages.ResponseV1(clientSignature, node)).ShouldBe(node);
        var second = response.Headers.Where(header => header.Key == "X-KMS-Response-Signature-2").ToList();
        if (isV2)
        {
            Signer(response, "X-KMS-Response-Signature-2", ProofMessages.ResponseV2(clientSignature, node, response.Status, response.Body.Span)).ShouldBe(node);
        }
        else
        {
            second.ShouldBeEmpty();
        }
    }

    private static WalletAddress Signer(KmsResponse response, string header, string message)
    {
        EthereumSignature.TryParse(response.Headers.Single(one => one.Key == header).Value, out var signature).ShouldBeTrue();
        signature!.TryRecover(message, out var signer).ShouldBeTrue();
        return signer;
    }
}
