using Kms.Core.Ports;
using Kms.Sim.Kernel;

namespace Kms.Sim.Components;

/// <summary>A part's clock: virtual time, and jumps that a caller makes while others run.</summary>
internal sealed class ComponentClock(ISimLoop loop) : IClock
{
    private TimeSpan _ahead;

    public DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch + Elapsed;

    public TimeSpan Elapsed => loop.Now + _ahead;

    public long NowMs => (long)Elapsed.TotalMilliseconds;

    /// <summary>Time passes between two steps of the others.</summary>
    public void Jump(TimeSpan by) => _ahead += by;

    public Task DelayAsync(TimeSpan duration, CancellationToken cancel)
    {
        var source = loop.NewSource<bool>();
        var timer = loop.After(duration, () => source.TrySetResult(true));
        cancel.Register(() =>
        {
            timer.Cancel();
            source.TrySetCanceled(cancel);
        });
        return source.Task;
    }
}
