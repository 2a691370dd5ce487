namespace Kms.Sim.Kernel;

/// <summary>The Marathon's schedule: one thread at a time, one queue of ready continuations, one queue of timers in virtual time.</summary>
/// <remarks>
/// It is the synchronisation context of everything in the world, so every continuation of the code under test comes back
/// here. A continuation that arrives from another thread has escaped the loop; the run is then not reproducible and stops.
/// Code that blocks keeps its thread and its locks; the loop goes on in a new one, and gives way to the old one when it comes back.
/// Only ever one of them runs, so one seed gives one history.
/// </remarks>
internal sealed class EventLoop : SynchronizationContext, ISimLoop, IDisposable
{
    // Task machinery goes to the thread pool when the stack gets short, so these threads have plenty of it.
    private const int StackBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan LookForStuck = TimeSpan.FromSeconds(2);

    private readonly PriorityQueue<SimTimer, (long Ticks, long Sequence)> _timers = new();
    private readonly List<(SendOrPostCallback Callback, object? State)> _ready = [];
    private readonly SimRandom? _order;
    private readonly List<BlockedThread> _blocked = [];
    private readonly Queue<BlockedThread> _comingBack = new();
    private readonly SemaphoreSlim _ended = new(0);
    private (TimeSpan Horizon, Func<bool> Stop, Action Quiescent) _turn;
    private Thread? _runner;
    private Exception? _broken;
    private bool _isOver;
    private int _head;
    private int _thread;
    private long _sequence;

    /// <param name="order">When given, ready continuations run in a seeded order instead of first in, first out.</param>
    public EventLoop(SimRandom? order) => _order = order;

    public TimeSpan Now { get; private set; }

    public object Gate { get; } = new();

    /// <summary>Continuations and timers that ran.</summary>
    public long Steps { get; private set; }

    /// <summary>The loop waits for a lock that a blocked thread holds: code was called back under it.</summary>
    public bool IsStuck { get; private set; }

    /// <summary>One step went on and on: code of the world goes round without end. Its thread cannot be taken away from it.</summary>
    public bool IsEndless { get; private set; }

    /// <summary>Looks, two seconds apart, after which a step that is still the same one has no end.</summary>
    public int LooksAtOneStep { get; init; } = 30;

    private bool IsRunner => _thread == Environment.CurrentManagedThreadId && !_isOver;

    public SimTimer After(TimeSpan delay, Action action)
    {
        var due = Now + (delay < TimeSpan.Zero ? TimeSpan.Zero : delay);
        var timer = new SimTimer(due, action);
        _timers.Enqueue(timer, (due.Ticks, _sequence++));
        return timer;
    }

    public void Spawn(Func<Task> work, Action<Exception> onFault) => Post(_ => Watch(work, onFault), null);

    public void Block(Task until)
    {
        if (_isOver)
        {
            return;
        }

        var self = new BlockedThread(Thread.CurrentThread);
        _blocked.Add(self);
        until.GetAwaiter().OnCompleted(() => _comingBack.Enqueue(self));
        GoOn();
        self.Back.Wait();
        _blocked.Remove(self);
        _runner = Thread.CurrentThread;
        _thread = Environment.CurrentManagedThreadId;
    }

    public TaskCompletionSource<T> NewSource<T>() => new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (_isOver)
        {
            return;
        }

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
        _turn = (horizon, stop, quiescent);
        GoOn();
        long steps = -1;
        int still = 0;
        while (!IsStuck && !IsEndless && !_ended.Wait(LookForStuck))
        {
            // Real time, for want of anything better: it decides only whether a run that cannot go on is given up.
            still = steps == Steps ? still + 1 : 0;
            steps = Steps;
            IsStuck = still > 0 && _blocked.Count > 0 && _runner!.ThreadState.HasFlag(ThreadState.WaitSleepJoin);
            IsEndless = still >= LooksAtOneStep;
        }

        _thread = 0;
        if (_broken is not null)
        {
            throw new InvalidOperationException("the simulator broke: " + _broken, _broken);
        }
    }

    /// <summary>Whatever is still blocked comes back, one after the other, and finds that the world is over.</summary>
    public void Dispose()
    {
        _isOver = true;
        foreach (var blocked in _blocked.ToArray())
        {
            blocked.Back.Release();
            blocked.Thread.Join();
        }

        _ended.Dispose();
    }

    private void GoOn()
    {
        _runner = new Thread(RunTurn, StackBytes) { IsBackground = true };
        _runner.Start();
    }

    private void RunTurn()
    {
        _thread = Environment.CurrentManagedThreadId;
        SetSynchronizationContext(this);
        try
        {
            while (IsRunner && !_turn.Stop())
            {
                Drain(_turn.Stop);
                if (IsRunner)
                {
                    _turn.Quiescent();
                }

                if (!IsRunner || _turn.Stop() || !AdvanceTo(_turn.Horizon))
                {
                    break;
                }

                GiveWay();
            }
        }
#pragma warning disable CA1031 // Carried over to the thread that asked for the run.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _broken = fault;
        }

        if (IsRunner)
        {
            _ended.Release();
        }
    }

    /// <summary>Lets the next blocked thread go on in this one's place.</summary>
    private void GiveWay()
    {
        if (IsRunner && _comingBack.TryDequeue(out var back))
        {
            _thread = 0;
            back.Back.Release();
        }
    }

    private void Drain(Func<bool> stop)
    {
        while (IsRunner && _head < _ready.Count && !stop())
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
            GiveWay();
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

    /// <summary>A thread of the loop that waits inside of a call, and what lets it go on.</summary>
    private sealed record BlockedThread(Thread Thread)
    {
        public SemaphoreSlim Back { get; } = new(0);
    }
}
