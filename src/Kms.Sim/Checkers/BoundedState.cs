using Kms.Core;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>What a node keeps stays within its limits, whatever is thrown at it.</summary>
internal sealed class BoundedState(SimWorld world) : Checker(world)
{
    public override void Look()
    {
        foreach (var slot in World.Alive)
        {
            var node = slot.Current!.Node;
            Require(slot.Index, "audit events", node.AuditEvents.Count, Limits.MaxAuditEvents);
            Require(slot.Index, "secrets", SimWorld.Probe(slot.Current!).Held.Count, Limits.MaxEpochs + Limits.MaxCandidateSecrets);
            if (node.Parts is { } parts)
            {
                Require(slot.Index, "consumed nonces", parts.Nonces.ConsumedCount, Limits.MaxConsumedNonces);
            }
        }
    }

    private void Require(int node, string what, long count, long limit)
    {
        if (count > limit)
        {
            Violate($"n{node} keeps {count} {what}, limit {limit}");
        }
    }
}
