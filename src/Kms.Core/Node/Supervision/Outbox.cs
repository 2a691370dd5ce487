namespace Kms.Core.Node.Supervision;

/// <summary>
/// Hands items to an embedder's callback, in order, from a worker of its own: a callback that throws or blocks harms nobody.
/// One that falls behind by more than <see cref="Limits.MaxUndelivered"/> items loses the oldest of them.
/// </summary>
internal sealed class Outbox<T>(Action<T>? sink)
{
    private readonly object _gate = new();
    private readonly Queue<T> _waiting = new();
    private TaskCompletionSource _wake = NewWake();
    private bool _completed;

    /// <summary>Never blocks, never throws. Nothing is kept when there is no callback.</summary>
    public void Post(T item)
    {
        TaskCompletionSource wake;
        lock (_gate)
        {
            if (sink is null || _completed)
            {
                return;
            }

            _waiting.Enqueue(item);
            if (_waiting.Count > Limits.MaxUndelivered)
            {
                _waiting.Dequeue();
            }

            wake = _wake;
        }

        wake.TrySetResult();
    }

    /// <summary>Nothing more comes: <see cref="DeliverAsync"/> ends when the queue is empty.</summary>
    public void Complete()
    {
        TaskCompletionSource wake;
        lock (_gate)
        {
            _completed = true;
            wake = _wake;
        }

        wake.TrySetResult();
    }

    /// <summary>Delivers until completed and empty. Call once, before the first item: it must not run on its caller's thread.</summary>
    /// <param name="failed">What the callback threw. Must not throw.</param>
    public async Task DeliverAsync(Action<Exception> failed)
    {
        while (true)
        {
            Task wake;
            lock (_gate)
            {
                if (_completed && _waiting.Count == 0)
                {
                    return;
                }

                _wake = _waiting.Count > 0 || _completed ? Woken() : NewWake();
                wake = _wake.Task;
            }

            await wake;
            while (TryTake(out var item))
            {
                try
                {
                    sink!(item);
                }
                catch (Exception thrown)
                {
                    failed(thrown);
                }
            }
        }
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T item)
    {
        lock (_gate)
        {
            return _waiting.TryDequeue(out item);
        }
    }

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource Woken()
    {
        var wake = NewWake();
        wake.SetResult();
        return wake;
    }
}
