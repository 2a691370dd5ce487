using Kms.Core.Ports;

namespace Kms.Properties.Fakes;

/// <summary>A node's clock whose wall time the host sets as it likes; elapsed time is the true one.</summary>
internal sealed class SkewedClock(ManualClock clock) : IClock
{
    public TimeSpan Skew { get; set; }

    public DateTimeOffset UtcNow => clock.UtcNow + Skew;

    public TimeSpan Elapsed => clock.Elapsed;

    public Task DelayAsync(TimeSpan duration, CancellationToken cancel) => clock.DelayAsync(duration, cancel);
}
