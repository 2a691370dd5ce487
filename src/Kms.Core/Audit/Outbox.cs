namespace Kms.Core.Audit;

/// <summary>
/// Hands items to an embedder's callback, in order, from a worker of its own: a callback that throws or blocks harms nobody.
/// One that falls behind by more than <see cref="Limits.MaxUndelivered"/> items loses the oldest of them.
/// </summary>
internal sealed class Outbox<T>(Action<T>? sink)
{
    private readonly object _gate = new();
    private readonly Queue<T> _waiting = new();
    private readonly WakeSignal _wake = new();
    private bool _completed;

    /// <summary>Never blocks, never throws. Nothing is kept when there is no callback.</summary>
    public void Post(T item)
    {
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
        }

        _wake.Raise();
    }

    /// <summary>Nothing more comes: <see cref="DeliverAsync"/> ends when the queue is empty.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
        }

        _wake.Raise();
    }

    /// <summary>Delivers until completed and empty. Call once, before the first item: it must not run on its caller's thread.</summary>
    /// <param name="failed">What the callback threw. Must not throw.</param>
    public async Task DeliverAsync(Action<Exception> failed)
    {
        while (!IsOver())
        {
            await _wake.WaitAsync();
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

    private bool IsOver()
    {
        lock (_gate)
        {
            return _completed && _waiting.Count == 0;
        }
    }
}
