using Kms.Core.Secrets;
using Kms.Sim.Workload;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>A node answers from the secret that it uses now, not from one that it put aside before it was asked (C2).</summary>
internal sealed class NoStaleDerivedKey : Checker
{
    private readonly SecretWitness _witness;

    public NoStaleDerivedKey(SimWorld world, SecretWitness witness)
        : base(world)
    {
        _witness = witness;
        world.Workload.Derived += Check;
    }

    private void Check(DeriveRecord derived)
    {
        var held = SimWorld.Probe(derived.By).Held;
        bool other = held.Any(one => one.Epoch.Value == derived.Epoch && one.State == SecretState.Active && one.Hash != _witness.Source(derived));
        if (other && World.Voices.LastSecretMove(derived.Node) < derived.AskedAt)
        {
            Violate($"n{derived.Node} answered epoch {derived.Epoch} from a secret that it had replaced");
        }
    }
}
