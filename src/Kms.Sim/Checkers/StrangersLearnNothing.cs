using System.Text.Json;
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
                using var json = JsonDocument.Parse(response.Body);
                Check(message.To, json.RootElement, string.Empty);
            }
        };

    private void Check(int node, JsonElement element, string prefix)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (!Public.Contains(prefix + property.Name))
            {
                Violate($"n{node} tells strangers \"{prefix}{property.Name}\"");
            }
            else if (property.Value.ValueKind == JsonValueKind.Object)
            {
                Check(node, property.Value, property.Name + ".");
            }
        }
    }
}
