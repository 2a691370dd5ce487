using Kms.Core.Node.Api;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>What a node tells an app in success is an envelope for the app's key, never plaintext (H1).</summary>
internal sealed class AnswersAreSealed : Checker
{
    public AnswersAreSealed(SimWorld world)
        : base(world) => world.Network.ResponseSeen += (message, response) =>
        {
            if (response.Status is >= 200 and < 300 && message.Request.Target.StartsWith("/kms/", StringComparison.Ordinal)
                && !EnvelopeJson.Parse(response.Body.Span, world.Slots[message.To].Last?.Keys.Identity.TeePublicKey).TryGet(out _))
            {
                Violate($"n{message.To} answered {message.Summary} in plaintext");
            }
        };
}
