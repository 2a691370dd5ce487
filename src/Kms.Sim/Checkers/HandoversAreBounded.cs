using Kms.Core;
using Kms.Core.Audit;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>No member draws a secret from one holder more often than the limit in any window (M2).</summary>
internal sealed class HandoversAreBounded : Checker
{
    private readonly Dictionary<string, Queue<TimeSpan>> _drawn = new(StringComparer.Ordinal);

    public HandoversAreBounded(SimWorld world)
        : base(world) => world.Voices.Audited += (node, by, audit) =>
        {
            if (audit.Kind == AuditKind.SecretHandedOver)
            {
                Count($"n{node} start {by.Number}: {audit.Detail}");
            }
        };

    private void Count(string what)
    {
        if (!_drawn.TryGetValue(what, out var times))
        {
            times = new Queue<TimeSpan>();
            _drawn.Add(what, times);
        }

        // Clocks drift; fixed windows may touch, so two of them bound any one.
        var window = TimeSpan.FromMilliseconds(Limits.HandoverWindowMs);
        while (times.TryPeek(out var first) && World.Loop.Now - first > window)
        {
            times.Dequeue();
        }

        times.Enqueue(World.Loop.Now);
        if (times.Count > 2 * Limits.MaxHandoversPerInstanceAndEpoch)
        {
            Violate($"{what}, {times.Count} times within {window}");
        }
    }
}
