using Microsoft.Coyote.Runtime;

namespace Kms.Sim.Kernel;

/// <summary>
/// The Sprint's schedule: Coyote decides at every lock, await and completion who goes on; this pump moves virtual time.
/// </summary>
/// <remarks>
/// The pump waits on a Coyote delay with a huge timeout, so it wakes when nothing else can run. It then fires all timers that are
/// due within a window of seeded width, without a scheduling point in between: what they set free afterwards races.
/// </remarks>
/// <param name="window">Draws the width of each window.</param>
internal sealed class SprintLoop(SimRandom window) : ISimLoop
{
    /// <summary>Widths in milliseconds: zero for one instant, wide ones to let far timers meet.</summary>
    private static readonly long[] Widths = [0, 1, 5, 20, 100, 500];

    private readonly PriorityQueue<SimTimer, (long Ticks, long Sequence)> _timers = new();
    private readonly List<string> _blocked = [];
    private long _sequence;

    public TimeSpan Now { get; private set; }

    public object Gate { get; } = new();

    /// <summary>Operations that waited for a lock when nothing could run any more: they wait for ever.</summary>
    public IReadOnlyList<string> Blocked => _blocked;

    public SimTimer After(TimeSpan delay, Action action)
    {
        lock (Gate)
        {
            var due = Now + (delay < TimeSpan.Zero ? TimeSpan.Zero : delay);
            var timer = new SimTimer(due, action);
            _timers.Enqueue(timer, (due.Ticks, _sequence++));
            return timer;
        }
    }

    public void Spawn(Func<Task> work, Action<Exception> onFault) => Task.Run(() => WatchAsync(work, onFault));

    public void Block(Task until) => until.Wait();

    // Not with asynchronous continuations: Task.WhenAny hands those to the thread pool, out of Coyote's sight.
    public TaskCompletionSource<T> NewSource<T>() => new();

    /// <summary>Runs until the horizon, or until <paramref name="stop"/> says so. Ends at quiescence.</summary>
    /// <param name="quiescent">Called when nothing can run, before time moves on.</param>
    public async Task RunAsync(TimeSpan horizon, Func<bool> stop, Action quiescent)
    {
        bool more = true;
        while (more)
        {
            await QuiescenceAsync();
            SchedulingPoint.Suppress();
            try
            {
                _blocked.AddRange(CoyoteOperations.WaitingForLocks());
                quiescent();
                more = !stop() && FireWindow(horizon, stop);
            }
            finally
            {
                SchedulingPoint.Resume();
            }
        }
    }

    /// <summary>Completes when no operation can run.</summary>
    public static Task QuiescenceAsync() => Task.Delay(1);

    private bool FireWindow(TimeSpan horizon, Func<bool> stop)
    {
        if (!TryPeek(out var first) || first.Due > horizon)
        {
            Now = horizon;
            return false;
        }

        var end = first.Due + TimeSpan.FromMilliseconds(window.Pick(Widths));
        end = end > horizon ? horizon : end;
        // Outside of the context, a continuation is posted and becomes an operation of its own, instead of running in the pump.
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        lock (Gate)
        {
            while (!stop() && TryPeek(out var timer) && timer.Due <= end)
            {
                _timers.Dequeue();
                var action = timer.Action!;
                timer.Cancel();
                Now = timer.Due > Now ? timer.Due : Now;
                action();
            }
        }

        SynchronizationContext.SetSynchronizationContext(outer);

        return true;
    }

    /// <summary>The next timer that was not cancelled.</summary>
    private bool TryPeek([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SimTimer? timer)
    {
        while (_timers.TryPeek(out timer, out _))
        {
            if (timer.Action is not null)
            {
                return true;
            }

            _timers.Dequeue();
        }

        return false;
    }

    private static async Task WatchAsync(Func<Task> work, Action<Exception> onFault)
    {
        try
        {
            await work();
        }
#pragma warning disable CA1031 // Whatever escapes the code under test is the finding; an interrupted thread is Coyote ending the schedule.
        catch (Exception fault) when (fault is not ThreadInterruptedException)
#pragma warning restore CA1031
        {
            onFault(fault);
        }
    }
}
