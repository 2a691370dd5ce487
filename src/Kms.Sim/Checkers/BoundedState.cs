using Kms.Core;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>What a node keeps stays within its limits, whatever is thrown at it.</summary>
internal sealed class BoundedState(SimWorld world) : Checker(world)
{
    private const int RecordsAtOnce = 4_096;

    /// <summary>A tombstone that is due goes at the next round of replication that reaches everybody.</summary>
    private const int TicksToCollect = 10;

    private static readonly TimeSpan Retention = TimeSpan.FromMilliseconds(Limits.TombstoneRetentionMs);

    public override void Look()
    {
        foreach (var slot in World.Alive)
        {
            var node = slot.Current!.Node;
            Require(slot.Index, "audit events", node.AuditEvents.Count, Limits.MaxAuditEvents);
            Require(slot.Index, "secrets", SimWorld.Probe(slot.Current!).Held.Count, Limits.MaxSecrets);
            if (node.Parts is { } parts)
            {
                Require(slot.Index, "consumed nonces", parts.Nonces.ConsumedCount, Limits.MaxConsumedNonces);
            }
        }
    }

    /// <summary>What was deleted leaves nothing behind for ever.</summary>
    public override void End()
    {
        var dueBefore = World.TrueTime - Retention - (TicksToCollect * TimeSpan.FromMilliseconds(World.Options.TickMs));
        foreach (var slot in World.Members())
        {
            int overdue = slot.Current!.Node.Parts!.Store.ReadPage(after: null, RecordsAtOnce, long.MaxValue).Records
                .Count(record => record.Tombstone && Math.Max(record.Id.TimestampMs, record.ExpiryMs ?? 0) < dueBefore.ToUnixTimeMilliseconds());
            Require(slot.Index, "tombstones past their retention", overdue, 0);
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
