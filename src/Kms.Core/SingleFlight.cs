namespace Kms.Core;

/// <summary>Lets concurrent callers share one run of the same work. A failed run is not remembered.</summary>
/// <remarks>The work takes no caller's token: one caller that goes away must not cancel the others.</remarks>
internal sealed class SingleFlight<T>
{
    private readonly object _gate = new();
    private Task<T>? _running;

    public Task<T> RunAsync(Func<Task<T>> work)
    {
        TaskCompletionSource<T> completion;
        lock (_gate)
        {
            if (_running is { } running)
            {
                return Relay.AwaitAsync(running);
            }

            completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            _running = completion.Task;
        }

        return LeadAsync(work, completion);
    }

    private async Task<T> LeadAsync(Func<Task<T>> work, TaskCompletionSource<T> completion)
    {
        bool done = false;
        try
        {
            var value = await work();
            done = true;
            Finish();
            completion.SetResult(value);
            return value;
        }
        finally
        {
            if (!done)
            {
                // The leader throws (a bug, or the node is stopping); its followers are let go.
                Finish();
                completion.SetCanceled(CancellationToken.None);
            }
        }
    }

    private void Finish()
    {
        lock (_gate)
        {
            _running = null;
        }
    }
}
