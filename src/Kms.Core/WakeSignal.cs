namespace Kms.Core;

/// <summary>
/// Wakes the one loop that waits for it. A call that comes while the loop is at work is not lost: it makes the next wait end at
/// once. Any number of calls in between count as one.
/// </summary>
internal sealed class WakeSignal
{
    private readonly object _gate = new();
    private TaskCompletionSource? _waiting;
    private bool _raised;

    /// <summary>May be called from anywhere, under any lock: the loop goes on elsewhere.</summary>
    public void Raise()
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            waiting = _waiting;
            _waiting = null;
            _raised = waiting is null;
        }

        waiting?.SetResult();
    }

    /// <summary>The next call; completed already if there was one since the last wait.</summary>
    public Task WaitAsync()
    {
        lock (_gate)
        {
            if (_raised)
            {
                _raised = false;
                return Task.CompletedTask;
            }

            _waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiting.Task;
        }
    }

    /// <summary>Whatever was called for so far is served by what the loop does next.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _waiting = null;
            _raised = false;
        }
    }
}
