using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Sim.Chain;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>While the final view shows an epoch neither retired nor replaced, nothing that nodes do by themselves takes its last
/// holder. What the plan kills or stops is not their doing; a loop that ends by itself is.</summary>
internal sealed class TheLastSecretStays(SimWorld world) : Checker(world)
{
    /// <summary>A day, less what views lag behind the chain and trusted time behind its timestamps. Not the nodes' own limit: that is under test.</summary>
    private static readonly TimeSpan EndedFor = TimeSpan.FromHours(24) - TimeSpan.FromMinutes(10);

    private readonly Dictionary<Incarnation, (long Generation, Bytes32[] Hashes)> _held = new(ReferenceEqualityComparer.Instance);

    public override void Look()
    {
        foreach (var slot in World.Alive)
        {
            var incarnation = slot.Current!;
            var (generation, before) = _held.GetValueOrDefault(incarnation, (-2, []));
            if (generation == incarnation.Probe.Generation)
            {
                continue;
            }

            var now = Hashes(incarnation);
            _held[incarnation] = (incarnation.Probe.Generation, now);
            if (!incarnation.IsAskedToStop && !World.IsSettlingDeepReorg)
            {
                Check(slot.Index, incarnation, before.Except(now));
            }
        }
    }

    private static Bytes32[] Hashes(Incarnation incarnation) => [.. incarnation.Probe.Held.Select(held => held.Hash)];

    private void Check(int node, Incarnation incarnation, IEnumerable<Bytes32> dropped)
    {
        foreach (var hash in dropped)
        {
            var final = World.FinalBlock;
            var epoch = final.State.Kms.Epochs.FirstOrDefault(one => !one.Retired && one.Hash == hash);
            if (epoch is not null && !World.Alive.Any(slot => Hashes(slot.Current!).Contains(hash)) && !HasEnded(incarnation.Wallet, final))
            {
                Violate($"n{node} gave up the last secret of epoch {epoch.Epoch} ({hash}), which the final chain has active");
            }
        }
    }

    /// <summary>This very instance stopped or failed, or its version revoked, for as long as a node must have seen it.</summary>
    private static bool HasEnded(WalletAddress wallet, SimBlock final)
    {
        ulong since = final.Ref.TimestampSeconds - (ulong)EndedFor.TotalSeconds;
        for (var block = final; block is not null && block.Ref.TimestampSeconds >= since; block = block.Parent)
        {
            var apps = block.State.Apps;
            var instance = apps.FindByWallet(wallet);
            bool ended = instance is not null
                && (instance.Status != InstanceStatus.Active || apps.FindVersion(instance) is { Status: VersionStatus.Revoked });
            if (!ended)
            {
                return false;
            }
        }

        return true;
    }
}
