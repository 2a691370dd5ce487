using Kms.Sim.Kernel;

namespace Kms.Sim.Drivers;

/// <summary>Runs a world on one thread in virtual time; the same spec gives the same events, to the byte.</summary>
internal static class Marathon
{
    private const int StackBytes = 64 * 1024 * 1024;

    /// <param name="keepEvents">How many of the newest events to keep for a bundle; zero for speed.</param>
    /// <param name="promises">Events without which the run counts as failed; empty while shrinking.</param>
    public static RunReport Run(RunSpec spec, IReadOnlyList<string> promises, int keepEvents)
    {
        // Task machinery goes to the thread pool when the stack gets short, so this thread has plenty of it.
        RunReport? report = null;
        Exception? broken = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    report = RunHere(spec, promises, keepEvents);
                }
#pragma warning disable CA1031 // Carried over to the caller's thread.
                catch (Exception fault)
#pragma warning restore CA1031
                {
                    broken = fault;
                }
            },
            StackBytes);
        thread.Start();
        thread.Join();
        return report ?? throw new InvalidOperationException("the simulator broke: " + broken, broken);
    }

    private static RunReport RunHere(RunSpec spec, IReadOnlyList<string> promises, int keepEvents)
    {
        var loop = new EventLoop(spec.Options.ShuffleReady ? new SimRandom(spec.Seed).Fork("schedule") : null);
        using var world = new WorldRun(spec, promises, keepEvents, loop);
        return world.TellAsync((horizon, stop, quiescent) =>
        {
            loop.Run(horizon, stop, quiescent);
            return Task.CompletedTask;
        }).GetAwaiter().GetResult();
    }
}
