using Kms.Core.Primitives;
using Kms.Sim.Workload;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>The same app, path and epoch give the same key for ever; without an epoch, only the owner's schedule changes it, never a rotation.</summary>
internal sealed class KeysNeverChangeSilently : Checker
{
    private readonly Dictionary<(AppId, string, ulong), string> _keys = [];

    private readonly HashSet<ulong> _chosen = [];

    public KeysNeverChangeSilently(SimWorld world)
        : base(world)
    {
        world.Workload.Derived += Check;
        world.Ledger.BlockAdded += (block, _) => _chosen.Add(block.State.Kms.DefaultEpoch);
    }

    private void Check(DeriveRecord derived)
    {
        if (World.HadDeepReorg)
        {
            // The epoch itself may have been replaced: NoServiceFromUnconfirmedSecret watches that.
            return;
        }

        var name = (derived.AppId, derived.Path, derived.Epoch);
        if (!_keys.TryAdd(name, derived.Key) && _keys[name] != derived.Key)
        {
            Violate($"app {derived.AppId} {derived.Path} epoch {derived.Epoch}: n{derived.Node} gave another key than before");
        }

        if (!derived.NamedEpoch && !_chosen.Contains(derived.Epoch))
        {
            Violate($"app {derived.AppId} {derived.Path}: without an epoch n{derived.Node} derived from {derived.Epoch}, which was never the default");
        }
    }
}
