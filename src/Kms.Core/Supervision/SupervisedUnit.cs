using Kms.Core.Ports;

namespace Kms.Core.Supervision;

/// <summary>
/// One kind of recurring work: never overlaps itself, delays nothing else, runs every <paramref name="tickMs"/>, and is tried again
/// sooner, then ever less often, after unfinished business or an unexpected exception. Only a broken ring of secrets comes out of
/// <see cref="ObserveAsync"/>.
/// </summary>
/// <param name="retryMs">When unfinished business is tried again first.</param>
/// <remarks>Started and observed by the chain's loop; <see cref="RequestNow"/> may be called from anywhere.</remarks>
internal sealed class SupervisedUnit(WorkUnit unit, IClock clock, InternalErrors errors, long retryMs, long tickMs)
{
    private const int MaxDoublings = 16;

    private readonly object _gate = new();
    private Task _running = Task.CompletedTask;
    private TimeSpan _nextAt = TimeSpan.MinValue;
    private bool _requested;
    private int _failures;
    private int _unfinished;

    /// <summary>Runs the work as soon as it does not run already, whenever it is due; after an exception not before its backoff.</summary>
    public void RequestNow()
    {
        lock (_gate)
        {
            _requested = true;
        }
    }

    /// <summary>Starts the work if it is due and not under way.</summary>
    /// <param name="work">Answers whether it is finished for this time.</param>
    public async Task ObserveAsync(Func<Task<bool>> work, CancellationToken stop)
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

    private async Task RunAsync(Func<Task<bool>> work, CancellationToken stop)
    {
        bool finished = false;
        bool returned = await errors.GuardAsync(unit, async () => finished = await work(), stop);
        lock (_gate)
        {
            _failures = returned ? 0 : _failures + 1;
            if (returned)
            {
                _unfinished = finished ? 0 : _unfinished + 1;
            }

            long waitMs = !returned ? Backoff(Limits.UnitBackoffMs, _failures)
                : !finished ? Backoff(retryMs, _unfinished)
                : tickMs;
            _nextAt = clock.Elapsed + TimeSpan.FromMilliseconds(waitMs);
        }
    }

    /// <summary>Twice as long each time, a tick at most.</summary>
    private long Backoff(long firstMs, int times) => (long)Math.Min(tickMs, firstMs * Math.Pow(2, Math.Min(times, MaxDoublings) - 1));
}
