using Kms.Core.Ports;

namespace Kms.Core.Node.Supervision;

/// <summary>
/// One kind of recurring work: never overlaps itself, delays nothing else, and is tried again with backoff after an unexpected
/// exception. Only a broken ring of secrets comes out of <see cref="ObserveAsync"/>.
/// </summary>
/// <remarks>Started and observed by the node's one loop; <see cref="RequestNow"/> may be called from anywhere.</remarks>
internal sealed class SupervisedUnit(WorkUnit unit, IClock clock, InternalErrors errors, long maxBackoffMs)
{
    private readonly object _gate = new();
    private Task _running = Task.CompletedTask;
    private TimeSpan _nextAt = TimeSpan.MinValue;
    private bool _requested;
    private int _failures;

    /// <summary>Runs the work as soon as it does not run already, whatever was agreed; not earlier than its backoff.</summary>
    public void RequestNow()
    {
        lock (_gate)
        {
            _requested = true;
        }
    }

    /// <summary>Starts the work if it is due and not under way.</summary>
    /// <param name="work">Answers in how many milliseconds it wants to run again at the latest.</param>
    public async Task ObserveAsync(Func<Task<long>> work, CancellationToken stop)
    {
        if (!_running.IsCompleted)
        {
            return;
        }

        // A broken ring, or the cancellation that was asked for: nothing else comes through the guard.
        await _running;
        lock (_gate)
        {
            bool mayStart = clock.Elapsed >= _nextAt || (_requested && _failures == 0);
            if (!mayStart)
            {
                return;
            }

            _requested = false;
        }

        _running = RunAsync(work, stop);
    }

    /// <summary>Waits for what is under way after a stop was asked for.</summary>
    public async Task EndAsync(CancellationToken stop)
    {
        try
        {
            await _running;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It was asked to end, and did.
        }
    }

    private async Task RunAsync(Func<Task<long>> work, CancellationToken stop)
    {
        long waitMs = 0;
        bool done = await errors.GuardAsync(unit, async () => waitMs = await work(), stop);
        lock (_gate)
        {
            _failures = done ? 0 : Math.Min(_failures + 1, 16);
            if (!done)
            {
                waitMs = (long)Math.Min(maxBackoffMs, Limits.UnitBackoffMs * Math.Pow(2, _failures - 1));
            }

            _nextAt = clock.Elapsed + TimeSpan.FromMilliseconds(waitMs);
        }
    }
}
