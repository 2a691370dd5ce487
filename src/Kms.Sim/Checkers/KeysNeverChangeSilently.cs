using Kms.Core.Primitives;
using Kms.Sim.Workload;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>The same app, path and epoch give the same key for ever; without an epoch, a rotation changes nothing.</summary>
internal sealed class KeysNeverChangeSilently : Checker
{
    private readonly Dictionary<(AppId, string, ulong), string> _keys = [];
    private readonly Dictionary<(AppId, string), (ulong Epoch, string Key)> _defaults = [];

    public KeysNeverChangeSilently(SimWorld world)
        : base(world) => world.Workload.Derived += Check;

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

        var common = (derived.AppId, derived.Path);
        if (!derived.NamedEpoch && !_defaults.TryAdd(common, (derived.Epoch, derived.Key)) && _defaults[common].Key != derived.Key)
        {
            Violate($"app {derived.AppId} {derived.Path}: the default key moved from epoch {_defaults[common].Epoch} to {derived.Epoch} by itself");
        }
    }
}
