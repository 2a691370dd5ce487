using Kms.Core;
using Kms.Core.Authentication;
using Kms.Core.Node.Api;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Network;

/// <summary>A member whose answers are valid in form and hostile in content, signed with its own wallet where the protocol wants it.</summary>
/// <param name="nameOnly">Only the one object whose name is half a surrogate pair, where nothing is signed.</param>
internal sealed class HostileAnswers(SimWorld world, int node, bool nameOnly, SimRandom random)
{
    private readonly HostileStructure _structure = new(random.Below);

    public KmsResponse Change(WireMessage message, KmsResponse honest)
    {
        if (world.Slots[node].Current is not { } self)
        {
            return honest;
        }

        bool isPublic = message.Proof is null && message.Request.Target is "/status" or "/nonce";
        if (isPublic && (nameOnly || random.Chance(0.3)))
        {
            world.Log.Occurred("hostile name");
            return honest with { Status = 200, Body = HostileStructure.ElevenBytes.ToArray() };
        }

        return nameOnly || honest.Body.IsEmpty || random.Chance(0.3) ? honest : Sign(message, self, Mutate(honest));
    }

    private KmsResponse Mutate(KmsResponse honest)
    {
        world.Log.Occurred("hostile structure");
        bool isJson = honest.Body.Span[0] == (byte)'{';
        return honest with
        {
            Body = isJson ? _structure.OfJson(honest.Body.Span) : _structure.OfCbor(honest.Body),
        };
    }

    /// <summary>A member signs what it likes: an answer that fails at its signature reaches no parser.</summary>
    private static KmsResponse Sign(WireMessage message, Incarnation self, KmsResponse changed)
    {
        if (message.Proof is not { } proof)
        {
            return changed;
        }

        var signature = self.Keys.Wallet.SignMessage(ProofMessages.ResponseV2(proof, self.Wallet, changed.Status, changed.Body.Span)).ToString();
        return changed with
        {
            Headers = [.. changed.Headers.Where(header => !IsV2(header.Key)), new(ResponseSigner.V2Header, signature)],
        };
    }

    private static bool IsV2(string header) => string.Equals(header, ResponseSigner.V2Header, StringComparison.OrdinalIgnoreCase);
}
