using Kms.Core.Ports;

namespace Kms.Properties.Fakes;

/// <summary>A clock that moves only when the test moves it. Delays complete when it does.</summary>
internal sealed class ManualClock : IClock
{
    private readonly object _gate = new();
    private readonly List<(TimeSpan Due, TaskCompletionSource Source)> _delays = [];

    public DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch;

    public TimeSpan Elapsed { get; private set; } = TimeSpan.FromHours(1);

    public Task DelayAsync(TimeSpan duration, CancellationToken cancel)
    {
        lock (_gate)
        {
            var source = new TaskCompletionSource();
            _delays.Add((Elapsed + duration, source));
            cancel.Register(() => source.TrySetCanceled(cancel));
            return source.Task;
        }
    }

    public void Advance(TimeSpan by)
    {
        List<TaskCompletionSource> due;
        lock (_gate)
        {
            Elapsed += by;
            due = [.. _delays.Where(delay => delay.Due <= Elapsed).Select(delay => delay.Source)];
            _delays.RemoveAll(delay => delay.Due <= Elapsed);
        }

        due.ForEach(source => source.TrySetResult());
    }

    public void AdvanceMs(long milliseconds) => Advance(TimeSpan.FromMilliseconds(milliseconds));
}
