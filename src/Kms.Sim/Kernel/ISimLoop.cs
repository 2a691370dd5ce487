namespace Kms.Sim.Kernel;

/// <summary>Virtual time and the schedule of everything. Marathon and Sprint differ in this and in nothing else.</summary>
internal interface ISimLoop
{
    /// <summary>Virtual time since the world began.</summary>
    TimeSpan Now { get; }

    /// <summary>Guards the world's state: timers' actions run under it, and so does every port before it waits.</summary>
    object Gate { get; }

    /// <summary>Runs an action at a later virtual time, under <see cref="Gate"/>.</summary>
    SimTimer After(TimeSpan delay, Action action);

    /// <summary>Starts asynchronous work on the loop. Its exceptions are bugs: see <paramref name="onFault"/>.</summary>
    void Spawn(Func<Task> work, Action<Exception> onFault);

    /// <summary>Keeps its caller's thread until the task is completed, locks and all; everybody else goes on.</summary>
    void Block(Task until);

    /// <summary>A completion source whose continuations run where this driver wants them.</summary>
    TaskCompletionSource<T> NewSource<T>();
}
