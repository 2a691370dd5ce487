using Kms.Core;
using Kms.Core.Attestation;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Json;
using Kms.Core.Node.Api;
using Kms.Core.Node.Handover;
using Kms.Core.Primitives;
using Kms.Core.Secrets;
using Kms.Sim.Enclave;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Network;

/// <summary>A member that answers handovers with a secret that it made up: attested, sealed and signed as the protocol wants,
/// or as bare bytes. What a broken release of the approved code might do.</summary>
internal sealed class RogueMember(SimWorld world, int node, bool plaintext, SimRandom random)
{
    private readonly byte[] _secret = random.Bytes(MasterSecret.Size);

    /// <summary>The answer in place of the node's; the node's own when the message is no handover.</summary>
    public KmsResponse Answer(WireMessage message, KmsResponse honest)
    {
        if (!HandoverRequest.TryParse(message.Request.Body, out var request)
            || world.Slots[node].Current is not { } self
            || !WalletAddress.TryParse(message.Find("x-kms-wallet"), out var asker))
        {
            return honest;
        }

        var body = plaintext ? _secret : Forge(message, request, self, asker);
        if (body is null)
        {
            return honest;
        }

        world.Log.Add("rogue", SimNetwork.Lane(node), $"hands another secret of epoch {request.Epoch} to {message.From}{(plaintext ? " in plaintext" : "")}");
        var signed = self.Keys.Wallet.SignMessage(ProofMessages.ResponseV2(message.Proof!, self.Wallet, 200, body));
        return new KmsResponse(200, [new("content-type", "application/cbor"), new(ResponseSigner.V2Header, signed.ToString())], body);
    }

    private byte[]? Forge(WireMessage message, HandoverRequest request, Incarnation self, WalletAddress asker)
    {
        if (!NitroDocument.TryParse(request.Attestation, out var theirs) || theirs.PublicKey is not { } theirKey)
        {
            return null;
        }

        var terms = new HandoverTerms(SimWorld.ChainIdentity, request.Epoch, request.Hash, asker, self.Wallet);
        using var generator = new NodeRandom(random.Bytes(Limits.MinEntropyBytes), random.Bytes(Limits.MinEntropyBytes));
        using var ephemeral = generator.NextTeeKey();
        using var secret = MasterSecret.Import(_secret);
        var document = SimHypervisor.Shared.Mint(
            terms.Nonce(HandoverRole.Sender, request.Nonce.Span), ephemeral.PublicKey, JsonValue.Absent, self.Wallet, SimWorld.GoodImage, world.TrueTime);
        var transcript = HandoverTranscript.Of(message.Request.Body.Span, document);
        return new HandoverAnswer(document, HandoverSeal.Seal(secret, ephemeral, theirKey, transcript, generator)).Encode();
    }
}
