using Kms.Core.Registry;
using Kms.Sim.Workload;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>Once the chain shows that an app has no rights, no node serves it for longer than its view may lag.</summary>
internal sealed class NoReleaseAfterRevocation : Checker
{
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Disturbed = TimeSpan.FromMilliseconds(Core.Limits.ChainStaleAfterMs) + TimeSpan.FromSeconds(60);

    public NoReleaseAfterRevocation(SimWorld world)
        : base(world)
    {
        world.Ledger.BlockAdded += (_, _) => Track();
        world.Workload.Served += Check;
    }

    private void Track()
    {
        var apps = World.Ledger.Head.State.Apps;
        foreach (var app in World.Apps)
        {
            bool allowed = apps.Apps[app.Id].Status == AppStatus.Active && apps.Instances[app.Instance].Status == InstanceStatus.Active;
            app.RevokedAt = allowed ? null : app.RevokedAt ?? World.Loop.Now;
        }
    }

    private void Check(SimApp app, int node, TimeSpan askedAt)
    {
        var slot = World.Slots[node];
        bool disturbed = slot.DisturbedUntil == TimeSpan.MaxValue || askedAt - slot.DisturbedUntil < Disturbed;
        if (app.RevokedAt is { } revoked && askedAt > revoked + (disturbed ? Disturbed : Healthy))
        {
            Violate($"n{node} served app {app.Id} {askedAt - revoked} after it lost its rights");
        }
    }
}
