using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>A live node that confirmed an epoch's secret still has it while the epoch is unretired and the node a member.</summary>
internal sealed class ActiveEpochHasHolders(SimWorld world) : Checker(world)
{
    public override void Look()
    {
        if (World.IsSettlingDeepReorg)
        {
            return;
        }

        var kms = World.FinalBlock.State.Kms;
        if (kms.Epochs.Length == 0 || kms.Proposal is not { } proposal || proposal.Epoch != (ulong)kms.Epochs.Length)
        {
            return;
        }

        var epoch = kms.Epochs[^1];
        foreach (var slot in World.Members())
        {
            // Whoever booted after the activation, or never confirmed, may still be fetching it; who was asked to stop holds nothing any
            // more while it waits for its embedder.
            var incarnation = slot.Current!;
            if (!epoch.Retired && !incarnation.IsAskedToStop && proposal.Confirmers.Contains(incarnation.Wallet) && !World.WasRestarted(incarnation)
                && !SimWorld.Probe(incarnation).Held.Any(held => held.Epoch == epoch.Epoch && held.Hash == epoch.Hash))
            {
                Violate($"n{slot.Index} confirmed epoch {epoch.Epoch} ({epoch.Hash}) and does not hold it");
            }
        }
    }
}
