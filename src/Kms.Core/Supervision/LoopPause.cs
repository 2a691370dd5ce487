using Kms.Core.Ports;

namespace Kms.Core.Supervision;

/// <summary>Where one loop waits between its turns: for a time, for a call, or for the stop.</summary>
internal sealed class LoopPause(IClock clock, InternalErrors errors)
{
    private readonly WakeSignal _wake = new();

    /// <summary>Ends the wait, or the next one if there is none now. May be called from anywhere, under any lock.</summary>
    public void Wake() => _wake.Raise();

    /// <exception cref="OperationCanceledException">The stop was asked for.</exception>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken stop)
    {
        if (!await errors.GuardAsync(WorkUnit.ClockPort, () => SleepAsync(atMost, stop), stop))
        {
            // A clock that throws must not make the loop spin without letting anybody else run.
            await Task.Yield();
        }
    }

    private async Task SleepAsync(TimeSpan atMost, CancellationToken stop)
    {
        var wake = _wake.WaitAsync();
        if (wake.IsCompleted)
        {
            return;
        }

        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            Task[] either = [clock.DelayAsync(atMost, waiting.Token), Relay.AwaitAsync(wake)];
            await Task.WhenAny(either);
        }
        finally
        {
            waiting.Cancel();
            _wake.Clear();
        }
    }
}
