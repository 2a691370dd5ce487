using Kms.Sim.Kernel;

namespace Kms.Sim.World;

/// <summary>One incarnation of a node as the world sees it. Whatever the world calls back goes through here: calls of a dead
/// incarnation never complete, calls of a paused one complete when it runs again.</summary>
internal sealed class NodeLife(ISimLoop loop)
{
    private const int FewTimers = 64;

    private readonly List<Action> _held = [];
    private readonly List<SimTimer> _timers = [];
    private int _forgetAt = FewTimers;
    private bool _hangs;

    public bool IsDead { get; private set; }

    public bool IsPaused { get; private set; }

    /// <summary>Since when it has not been paused.</summary>
    public TimeSpan AwakeSince { get; private set; } = loop.Now;

    /// <summary>Something will still come from the world: a timer, an answer, a call that hangs, or waking up.</summary>
    public bool IsWaiting => _hangs || IsPaused || _held.Count > 0 || _timers.Exists(timer => timer.Action is not null);

    public void Kill()
    {
        IsDead = true;
        _timers.Clear();
        _held.Clear();
    }

    public void Pause() => IsPaused = true;

    public void Resume()
    {
        IsPaused = false;
        AwakeSince = loop.Now;
        var held = _held.ToArray();
        _held.Clear();
        foreach (var action in held)
        {
            loop.After(TimeSpan.Zero, () => Enter(action));
        }
    }

    /// <summary>Runs an action in this incarnation, now or when it is awake.</summary>
    public void Enter(Action action)
    {
        if (IsPaused && !IsDead)
        {
            _held.Add(action);
        }
        else if (!IsDead)
        {
            action();
        }
    }

    public SimTimer After(TimeSpan delay, Action action)
    {
        var timer = loop.After(delay, () => Enter(action));
        if (_timers.Count >= _forgetAt)
        {
            _timers.RemoveAll(old => old.Action is null);
            _forgetAt = Math.Max(FewTimers, 2 * _timers.Count);
        }

        _timers.Add(timer);
        return timer;
    }

    /// <summary>An answer of the world after a latency. Computed when it is due, since the world moves meanwhile; without latency, within the call.</summary>
    public Task<T> CallAsync<T>(TimeSpan latency, Func<T> answer, CancellationToken cancel) => latency == TimeSpan.Zero && !IsDead && !IsPaused
        ? Task.FromResult(answer())
        : EndAsync<T>(latency, source => source.TrySetResult(answer()), cancel);

    /// <summary>A call that ends in an exception after a latency.</summary>
    public Task<T> FailAsync<T>(TimeSpan latency, Exception fault, CancellationToken cancel) =>
        EndAsync<T>(latency, source => source.TrySetException(fault), cancel);

    /// <summary>A call that nothing but cancellation ends.</summary>
    public Task<T> HangAsync<T>(CancellationToken cancel)
    {
        _hangs = true;
        var source = loop.NewSource<T>();
        CancelWith(source, null, cancel);
        return source.Task;
    }

    private Task<T> EndAsync<T>(TimeSpan latency, Action<TaskCompletionSource<T>> end, CancellationToken cancel)
    {
        var source = loop.NewSource<T>();
        lock (loop.Gate)
        {
            if (IsDead)
            {
                return source.Task;
            }

            var cancellation = default(CancellationTokenRegistration);
            var timer = After(latency, () =>
            {
                cancellation.Dispose();
                end(source);
            });
            cancellation = CancelWith(source, timer, cancel);
        }

        return source.Task;
    }

    private static CancellationTokenRegistration CancelWith<T>(TaskCompletionSource<T> source, SimTimer? timer, CancellationToken cancel) =>
        cancel.Register(() =>
        {
            timer?.Cancel();
            source.TrySetCanceled(cancel);
        });
}
