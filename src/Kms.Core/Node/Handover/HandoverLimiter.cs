using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Handover;

/// <summary>
/// Counts the secrets that left, per instance and epoch, and bounds them in each <see cref="Limits.HandoverWindowMs"/> (finding
/// M2). Not for ever: handovers that the receiver could not use count too, and must not shut it out.
/// </summary>
internal sealed class HandoverLimiter(IClock clock)
{
    private readonly object _gate = new();
    private readonly Dictionary<(InstanceId, Epoch, Bytes32), (int Taken, TimeSpan Since)> _counts = [];

    /// <summary>Takes one of the instance's handovers of the secret; false when none is left in this window.</summary>
    public bool TryTake(InstanceId instance, Epoch epoch, Bytes32 hash)
    {
        lock (_gate)
        {
            var now = clock.Elapsed;
            var (taken, since) = _counts.GetValueOrDefault((instance, epoch, hash), (0, now));
            if (now - since >= TimeSpan.FromMilliseconds(Limits.HandoverWindowMs))
            {
                (taken, since) = (0, now);
            }

            bool allowed = taken < Limits.MaxHandoversPerInstanceAndEpoch
                && (_counts.ContainsKey((instance, epoch, hash))
                    || _counts.Count < Limits.MaxOperators * Limits.MaxSecrets);
            if (allowed)
            {
                _counts[(instance, epoch, hash)] = (taken + 1, since);
            }

            return allowed;
        }
    }

    /// <summary>Forgets instances that are members no more: instance ids are never used again.</summary>
    public void KeepOnly(IReadOnlySet<InstanceId> members)
    {
        lock (_gate)
        {
            foreach (var key in _counts.Keys.Where(key => !members.Contains(key.Item1)).ToArray())
            {
                _counts.Remove(key);
            }
        }
    }
}
