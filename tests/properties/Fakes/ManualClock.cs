using Kms.Core.Ports;

namespace Kms.Properties.Fakes;

/// <summary>Virtual time: stands still until a test advances it, and completes delays in the order they fall due.</summary>
internal sealed class ManualClock : IClock
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly object _gate = new();
    private readonly SortedDictionary<(TimeSpan Due, long Order), TaskCompletionSource> _delays = [];
    private TimeSpan _elapsed;
    private long _order;

    public DateTimeOffset UtcNow => Start + Elapsed;

    public TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
            {
                return _elapsed;
            }
        }
    }

    /// <summary>Delays that have neither fallen due nor been cancelled.</summary>
    public int Pending
    {
        get
        {
            lock (_gate)
            {
                return _delays.Count;
            }
        }
    }

    public Task DelayAsync(TimeSpan duration, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
        {
            return Task.FromCanceled(cancel);
        }

        var delay = new TaskCompletionSource();
        (TimeSpan Due, long Order) key;
        lock (_gate)
        {
            if (duration <= TimeSpan.Zero)
            {
                return Task.CompletedTask;
            }

            key = (_elapsed + duration, _order++);
            _delays.Add(key, delay);
        }

        cancel.Register(() =>
        {
            lock (_gate)
            {
                _delays.Remove(key);
            }

            delay.TrySetCanceled(cancel);
        });
        return delay.Task;
    }

    /// <summary>Moves time on, stopping at each delay that falls due so that what it wakes sees the right time.</summary>
    public void Advance(TimeSpan duration)
    {
        TimeSpan end = Elapsed + duration;
        while (TakeDue(end) is { } due)
        {
            due.TrySetResult();
        }

        lock (_gate)
        {
            _elapsed = end;
        }
    }

    public void AdvanceMs(long milliseconds) => Advance(TimeSpan.FromMilliseconds(milliseconds));

    private TaskCompletionSource? TakeDue(TimeSpan end)
    {
        lock (_gate)
        {
            if (_delays.Count == 0 || _delays.First().Key.Due > end)
            {
                return null;
            }

            var (key, delay) = _delays.First();
            _delays.Remove(key);
            _elapsed = key.Due > _elapsed ? key.Due : _elapsed;
            return delay;
        }
    }
}
