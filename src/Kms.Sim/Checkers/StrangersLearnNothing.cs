using Kms.Core.Json;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary><c>/status</c> without a proof says who the node is and whether it serves, and not a word more (M1).</summary>
internal sealed class StrangersLearnNothing : Checker
{
    private static readonly HashSet<string> Public = new(StringComparer.Ordinal)
    {
        "node", "node.tee_wallet", "node.tee_pubkey", "node.node_url", "node.is_operator", "node.service_available", "ready", "reason",
    };

    public StrangersLearnNothing(SimWorld world)
        : base(world) => world.Network.ResponseSeen += (message, response) =>
        {
            if (message.Request.Target == "/status" && message.Proof is null && response.Status == 200 && !World.Slots[message.To].Lies)
            {
                if (!StrictJson.TryParse(response.Body, Kms.Core.Limits.MaxStatusAnswerBytes, out var json))
                {
                    Violate($"n{message.To} tells strangers something that is no JSON");
                    return;
                }

                Check(message.To, json, string.Empty);
            }
        };

    private void Check(int node, JsonValue value, string prefix)
    {
        foreach (var (name, member) in value.Members)
        {
            if (!Public.Contains(prefix + name))
            {
                Violate($"n{node} tells strangers \"{prefix}{name}\"");
            }
            else
            {
                Check(node, member, name + ".");
            }
        }
    }
}
