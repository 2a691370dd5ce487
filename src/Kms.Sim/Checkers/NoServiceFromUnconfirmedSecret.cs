using Kms.Sim.Workload;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>What was derived came from a secret whose hash the final chain had active for that epoch.</summary>
internal sealed class NoServiceFromUnconfirmedSecret : Checker
{
    private readonly SecretWitness _witness;

    public NoServiceFromUnconfirmedSecret(SimWorld world, SecretWitness witness)
        : base(world)
    {
        _witness = witness;
        world.Workload.Derived += Check;
    }

    private void Check(DeriveRecord derived)
    {
        var source = _witness.Source(derived);
        if (source is null)
        {
            Violate($"n{derived.Node} derived a key of epoch {derived.Epoch} from a secret that no node holds");
            return;
        }

        if (World.IsSettlingDeepReorg)
        {
            return;
        }

        bool active = World.FinalBlock.State.Kms.Epochs.Any(epoch => epoch.Epoch.Value == derived.Epoch && epoch.Hash == source);
        if (!active)
        {
            Violate($"n{derived.Node} served epoch {derived.Epoch} from {source}, which the final chain does not have active");
        }
    }
}
