using Kms.Core.Ports;

namespace Kms.Core.Supervision;

/// <summary>
/// A loop of its own for one kind of work: a turn every <paramref name="tickMs"/>, and at once when it is called. One turn at a
/// time, which delays nobody else's; any number of calls during one make one more. What a turn throws ends here, but for a broken
/// ring of secrets.
/// </summary>
/// <param name="turn">Told whether the turn is due, or only called for by <see cref="Nudge"/>.</param>
internal sealed class TurnLoop(WorkUnit unit, IClock clock, InternalErrors errors, long tickMs, Func<bool, Task> turn)
{
    private readonly object _gate = new();
    private readonly LoopPause _pause = new(clock, errors);
    private bool _isDue = true;

    /// <summary>Calls for a turn that was not due yet; does not wait.</summary>
    public void Nudge() => _pause.Wake();

    /// <summary>Makes a turn due now; does not wait.</summary>
    public void RequestNow()
    {
        lock (_gate)
        {
            _isDue = true;
        }

        _pause.Wake();
    }

    /// <summary>Runs until cancelled.</summary>
    /// <exception cref="OperationCanceledException">It was asked to end while it waited; else it returns.</exception>
    /// <exception cref="BrokenRingException">The ring of secrets contradicts itself.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        var nextAt = clock.Elapsed;
        while (!stop.IsCancellationRequested)
        {
            bool isDue = TakeRequest() || clock.Elapsed >= nextAt;
            await errors.GuardAsync(unit, () => turn(isDue), stop);
            nextAt = isDue ? clock.Elapsed + TimeSpan.FromMilliseconds(tickMs) : nextAt;
            var left = nextAt - clock.Elapsed;
            if (left > TimeSpan.Zero)
            {
                await _pause.WaitAsync(left, stop);
            }
        }
    }

    private bool TakeRequest()
    {
        lock (_gate)
        {
            bool isDue = _isDue;
            _isDue = false;
            return isDue;
        }
    }
}
