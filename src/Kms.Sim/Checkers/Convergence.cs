using Kms.Core.Primitives;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>Liveness: within the bound after the last fault healed every live member is ready and all hold the same records.</summary>
internal sealed class Convergence(SimWorld world) : Checker(world)
{
    private string _missing = string.Empty;

    /// <summary>Whether the cluster has settled; if not, why, for the violation.</summary>
    public bool IsReached()
    {
        Bytes32? digest = null;
        int first = -1;
        var members = World.Members().ToArray();
        if (members.Length < World.Ledger.Head.State.Kms.ConfirmationTarget)
        {
            return true;
        }

        foreach (var slot in members)
        {
            var node = slot.Current!.Node;
            if (!node.IsReady)
            {
                _missing = $"n{slot.Index} is not ready: {node.Reason} {node.Detail}";
                return false;
            }

            var own = SimWorld.Probe(slot.Current!).Digest;
            if (digest is not null && own != digest)
            {
                _missing = $"n{slot.Index} and n{first} hold different records";
                return false;
            }

            digest = own;
            first = slot.Index;
        }

        return true;
    }

    public void FailBound(TimeSpan bound) => Violate($"not settled {bound} after the last fault: {_missing}");
}
