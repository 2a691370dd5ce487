using Kms.Sim.Checkers;
using Kms.Sim.Faults;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Drivers;

/// <summary>Runs a world on one thread in virtual time; the same spec gives the same events, to the byte.</summary>
internal static class Marathon
{
    private const int StackBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan SettleLook = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReadBackLimit = TimeSpan.FromMinutes(10);

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
        var random = new SimRandom(spec.Seed);
        var loop = new EventLoop(spec.Options.ShuffleReady ? random.Fork("schedule") : null);
        using var world = new SimWorld(loop, spec.Seed, spec.Options, keepEvents);
        using var checkers = new CheckerSet(world);
        var faults = new FaultInjector(world, spec.Plan, random.Fork("faults"));
        bool Broken() => world.Violation is not null;

        loop.Run(spec.Horizon, Broken, checkers.Step);
        if (!Broken())
        {
            faults.HealAll();
            world.Workload.Stop();
            Settle(spec, loop, world, checkers);
        }

        if (!Broken())
        {
            world.Spawn("read back", checkers.Records.ReadBackAsync);
            var limit = loop.Now + ReadBackLimit;
            loop.Run(limit, () => Broken() || checkers.Records.IsComplete, checkers.Step);
            checkers.End();
        }

        foreach (var promise in promises.Where(promise => !Broken() && !world.Log.Sometimes.ContainsKey(promise)))
        {
            world.Violate("Promises", $"\"{promise}\" never happened");
        }

        return new RunReport(
            spec, world.Violation, world.Log.Hash(), loop.Now, world.Log.Count,
            new SortedDictionary<string, long>(world.Log.Sometimes.ToDictionary(entry => entry.Key, entry => entry.Value), StringComparer.Ordinal),
            [.. world.Log.Kept]);
    }

    private static void Settle(RunSpec spec, EventLoop loop, SimWorld world, CheckerSet checkers)
    {
        var bound = TimeSpan.FromMilliseconds(spec.SettleMs);
        var end = loop.Now + bound;
        do
        {
            loop.Run(loop.Now + SettleLook, () => world.Violation is not null, checkers.Step);
        }
        while (world.Violation is null && loop.Now < end && !checkers.Convergence.IsReached());

        if (world.Violation is null && !checkers.Convergence.IsReached())
        {
            checkers.Convergence.FailBound(bound);
        }
    }
}
