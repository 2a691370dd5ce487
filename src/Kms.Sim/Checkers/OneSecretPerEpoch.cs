using Kms.Core.Primitives;
using Kms.Core.Secrets;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>No two live nodes use different secrets for one epoch, ready or not; after a reorganisation deeper than finality only
/// those that are ready count, and nobody while it settles.</summary>
internal sealed class OneSecretPerEpoch(SimWorld world) : Checker(world)
{
    public override void Look()
    {
        if (World.IsSettlingDeepReorg)
        {
            return;
        }

        var used = new Dictionary<Epoch, (Bytes32 Hash, int Node)>();
        foreach (var slot in World.Alive.Where(slot => slot.Current!.Node.IsReady || !World.HadDeepReorg))
        {
            foreach (var held in SimWorld.Probe(slot.Current!).Held.Where(held => held.State == SecretState.Active))
            {
                if (!used.TryAdd(held.Epoch, (held.Hash, slot.Index)) && used[held.Epoch].Hash != held.Hash)
                {
                    Violate($"epoch {held.Epoch}: n{slot.Index} uses {held.Hash}, n{used[held.Epoch].Node} uses {used[held.Epoch].Hash}");
                }
            }
        }
    }
}
