namespace Kms.Sim.Kernel;

/// <summary>The Marathon's schedule: one thread, one queue of ready continuations, one queue of timers in virtual time.</summary>
/// <remarks>
/// It is the synchronisation context of everything in the world, so every continuation of the code under test comes back
/// here. A continuation that arrives from another thread has escaped the loop; the run is then not reproducible and stops.
/// </remarks>
internal sealed class EventLoop : SynchronizationContext, ISimLoop
{
    private readonly PriorityQueue<SimTimer, (long Ticks, long Sequence)> _timers = new();
    private readonly List<(SendOrPostCallback Callback, object? State)> _ready = [];
    private readonly SimRandom? _order;
    private int _head;
    private int _thread;
    private long _sequence;

    /// <param name="order">When given, ready continuations run in a seeded order instead of first in, first out.</param>
    public EventLoop(SimRandom? order) => _order = order;

    public TimeSpan Now { get; private set; }

    public object Gate { get; } = new();

    /// <summary>Continuations and timers that ran.</summary>
    public long Steps { get; private set; }

    public SimTimer After(TimeSpan delay, Action action)
    {
        var due = Now + (delay < TimeSpan.Zero ? TimeSpan.Zero : delay);
        var timer = new SimTimer(due, action);
        _timers.Enqueue(timer, (due.Ticks, _sequence++));
        return timer;
    }

    public void Spawn(Func<Task> work, Action<Exception> onFault) => Post(_ => Watch(work, onFault), null);

    public TaskCompletionSource<T> NewSource<T>() => new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (_thread != 0 && Environment.CurrentManagedThreadId != _thread)
        {
            Environment.FailFast("a continuation escaped the simulator's event loop:\n" + Environment.StackTrace);
        }

        _ready.Add((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs until the horizon, or until <paramref name="stop"/> says so.</summary>
    /// <param name="quiescent">Called when nothing is ready any more, before time moves on.</param>
    public void Run(TimeSpan horizon, Func<bool> stop, Action quiescent)
    {
        var outer = Current;
        _thread = Environment.CurrentManagedThreadId;
        SetSynchronizationContext(this);
        try
        {
            while (!stop())
            {
                Drain(stop);
                quiescent();
                if (stop() || !AdvanceTo(horizon))
                {
                    break;
                }
            }
        }
        finally
        {
            SetSynchronizationContext(outer);
            _thread = 0;
        }
    }

    private void Drain(Func<bool> stop)
    {
        while (_head < _ready.Count && !stop())
        {
            int left = _ready.Count - _head;
            if (_order is not null && left > 1)
            {
                int pick = _head + _order.Below(left);
                (_ready[_head], _ready[pick]) = (_ready[pick], _ready[_head]);
            }

            var (callback, state) = _ready[_head];
            _ready[_head++] = default;
            if (_head == _ready.Count)
            {
                _ready.Clear();
                _head = 0;
            }

            Steps++;
            callback(state);
        }
    }

    private bool AdvanceTo(TimeSpan horizon)
    {
        while (_timers.TryPeek(out var timer, out _))
        {
            if (timer.Due > horizon)
            {
                Now = horizon;
                return false;
            }

            _timers.Dequeue();
            if (timer.Action is { } action)
            {
                timer.Cancel();
                Now = timer.Due;
                Steps++;
                action();
                return true;
            }
        }

        return false;
    }

    private static async void Watch(Func<Task> work, Action<Exception> onFault)
    {
        try
        {
            await work();
        }
#pragma warning disable CA1031 // Whatever escapes the code under test is the finding.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            onFault(fault);
        }
    }
}
