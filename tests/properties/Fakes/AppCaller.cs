using System.Globalization;
using System.Text;
using System.Text.Json;
using Kms.Core;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Sim.Enclave;
using Kms.Sim.Kernel;
using Kms.Sim.Workload;

namespace Kms.Properties.Fakes;

/// <summary>An app instance (or a peer) that talks to the pipeline, honestly unless told otherwise.</summary>
internal sealed class AppCaller(PipelineWorld world, EnclaveKeys keys, bool isPeer = false)
{
    public WireCaller Wire { get; } = new(keys, new SimRandom(keys.Identity.Wallet.ToArray()[0]), isPeer) { SignsBare = true };

    public WalletAddress Wallet => Wire.Identity.Wallet;

    public TeePublicKey TeeKey => Wire.Identity.TeePublicKey;

    /// <summary>The body of an inner payload, sealed to the node.</summary>
    public byte[] Seal(string innerJson) => Seal(Encoding.UTF8.GetBytes(innerJson));

    public byte[] Seal(byte[] inner) => Wire.Seal(inner, world.Node.Identity.TeePublicKey);

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
        var sent = new KmsRequest(method, target, [], body ?? []);
        return Wire.Prove(
            sent,
            recipient ?? world.Node.Identity.Wallet,
            nonce ?? world.Nonces.Issue(),
            timestamp ?? world.NowSeconds.ToString(CultureInfo.InvariantCulture),
            version,
            new KmsRequest(signedMethod ?? method, signedTarget ?? target, [], signedBody ?? sent.Body),
            signature,
            claim);
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
        Wire.TryOpen(response, world.Node.Identity.TeePublicKey, out var plaintext).ShouldBeTrue("an answer is an envelope of the node's");
        using var document = JsonDocument.Parse(plaintext);
        return document.RootElement.Clone();
    }

    public void CheckSignatures(KmsRequest request, KmsResponse response)
    {
        bool isV2 = request.Headers.Any(header => header.Key.EndsWith("-pop", StringComparison.Ordinal));
        Wire.IsSigned(request, response, world.Node.Identity.Wallet, 1).ShouldBeTrue();
        response.Headers.Count(header => header.Key == "X-KMS-Response-Signature").ShouldBe(1);
        response.Headers.Count(header => header.Key == "X-KMS-Response-Signature-2").ShouldBe(isV2 ? 1 : 0);
        Wire.IsSigned(request, response, world.Node.Identity.Wallet, 2).ShouldBe(isV2);
    }
}
