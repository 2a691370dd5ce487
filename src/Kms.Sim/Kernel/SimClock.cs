using Kms.Core.Ports;
using Kms.Sim.World;

namespace Kms.Sim.Kernel;

/// <summary>A node's clocks: a monotonic one that drifts, and a wall clock that the host sets as it likes.</summary>
internal sealed class SimClock(ISimLoop loop, NodeLife life, PortTrouble trouble, DateTimeOffset genesis, double driftPpm) : IClock
{
    private readonly double _rate = 1 + driftPpm / 1_000_000;
    private readonly TimeSpan _start = loop.Now;

    /// <summary>What the host added to the wall clock.</summary>
    public TimeSpan WallStep { get; set; }

    public DateTimeOffset UtcNow => genesis + loop.Now + WallStep;

    public TimeSpan Elapsed => TimeSpan.FromTicks((long)((loop.Now - _start).Ticks * _rate));

    public Task DelayAsync(TimeSpan duration, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
        {
            return Task.FromCanceled(cancel);
        }

        if (trouble.IsDue(nameof(IClock)))
        {
            return trouble.ThrowAsync<bool>(nameof(IClock), cancel);
        }

        return life.CallAsync(TimeSpan.FromTicks((long)(Math.Max(duration.Ticks, 1) / _rate) + 1), () => true, cancel);
    }
}
