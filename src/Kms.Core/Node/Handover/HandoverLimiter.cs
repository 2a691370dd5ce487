using Kms.Core.Primitives;

namespace Kms.Core.Node.Handover;

/// <summary>Counts the secrets that left, per instance and epoch, and bounds them (finding M2).</summary>
internal sealed class HandoverLimiter
{
    private readonly object _gate = new();
    private readonly Dictionary<(InstanceId, Epoch, Bytes32), int> _counts = [];

    /// <summary>Takes one of the instance's handovers of the secret; false when none is left.</summary>
    public bool TryTake(InstanceId instance, Epoch epoch, Bytes32 hash)
    {
        lock (_gate)
        {
            int taken = _counts.GetValueOrDefault((instance, epoch, hash));
            bool allowed = taken < Limits.MaxHandoversPerInstanceAndEpoch
                && (taken > 0 || _counts.Count < Limits.MaxOperators * (Limits.MaxEpochs + Limits.MaxCandidateSecrets));
            if (allowed)
            {
                _counts[(instance, epoch, hash)] = taken + 1;
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
