namespace Kms.Properties.Fakes;

/// <summary>
/// One thread, one queue, virtual time: everything that is awaited inside resumes here in the order it was posted, so that a
/// cluster of real nodes runs the same way every time.
/// </summary>
internal sealed class ClusterLoop(ManualClock clock) : SynchronizationContext
{
    private const int StepMs = 50;

    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_queue)
        {
            _queue.Enqueue((d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs an action on the loop and everything that follows from it without time passing.</summary>
    public T Run<T>(Func<T> action)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var result = action();
            Drain();
            return result;
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Lets virtual time pass until the condition holds; false when the limit passed first.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan limit, Action? eachStep = null)
    {
        var end = clock.Elapsed + limit;
        return Run(() =>
        {
            Drain();
            while (!condition())
            {
                if (clock.Elapsed >= end)
                {
                    return false;
                }

                clock.AdvanceMs(StepMs);
                eachStep?.Invoke();
                Drain();
            }

            return true;
        });
    }

    public void RunFor(TimeSpan time, Action? eachStep = null) => RunUntil(() => false, time, eachStep);

    /// <summary>Completes a task while virtual time passes.</summary>
    public T Await<T>(Func<Task<T>> start, TimeSpan limit)
    {
        var task = Run(start);
        RunUntil(() => task.IsCompleted, limit).ShouldBeTrue("the task did not end in time");
        return task.GetAwaiter().GetResult();
    }

    private void Drain()
    {
        while (true)
        {
            (SendOrPostCallback Callback, object? State) next;
            lock (_queue)
            {
                if (!_queue.TryDequeue(out next))
                {
                    return;
                }
            }

            next.Callback(next.State);
        }
    }
}
