using System.Diagnostics;
using Kms.Core.Ports;

namespace Kms.Adapters;

/// <summary>The machine's clock. <see cref="Elapsed"/> counts from construction and never steps.</summary>
public sealed class SystemClock : IClock
{
    // Task.Delay refuses more than uint.MaxValue - 1 ms; a day at a time is far below.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    private readonly long _start = Stopwatch.GetTimestamp();

    public DateTimeOffset UtcNow => DateTimeOffset.UtcNow;

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <remarks>Never early by <see cref="Elapsed"/>: runtime timers tick on a coarser clock, so the rest is slept again.</remarks>
    public async Task DelayAsync(TimeSpan duration, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var end = TimeSpan.MaxValue - Elapsed > duration ? Elapsed + duration : TimeSpan.MaxValue;
        for (var left = end - Elapsed; left > TimeSpan.Zero; left = end - Elapsed)
        {
            var sleep = left < LongestSleep ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : LongestSleep;
            await Task.Delay(sleep, cancel);
        }
    }
}
