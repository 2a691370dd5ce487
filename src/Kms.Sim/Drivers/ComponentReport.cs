using Kms.Sim.Components;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Drivers;

/// <summary>Runs a part of the node on its own under Coyote, with the same clock, log and verdict as a world.</summary>
internal static class ComponentReport
{
    public static async Task<RunReport> TellAsync(RunSpec spec, Func<ComponentRun, Task> component, int keepEvents)
    {
        var random = new SimRandom(spec.Seed);
        var loop = new SprintLoop(random.Fork("windows"));
        using var log = new EventLog(loop, keepEvents);
        var run = new ComponentRun(random.Fork("piece"), log, loop);
        bool done = false;
        loop.Spawn(
            async () =>
            {
                await component(run);
                done = true;
            },
            fault => run.Violate("NothingThrows", fault.ToString()));
        await loop.RunAsync(
            spec.Horizon,
            () => done || run.Violation is not null,
            () => run.Require(loop.Blocked.Count == 0, nameof(StuckNodes), "wait for locks that nobody will release: " + string.Join(", ", loop.Blocked)));
        run.Require(done, "EveryRequestEnds", "some caller never ends");
        return new RunReport(
            spec, run.Violation, log.Hash(), loop.Now, log.Count,
            new SortedDictionary<string, long>(log.Sometimes.ToDictionary(entry => entry.Key, entry => entry.Value), StringComparer.Ordinal),
            [.. log.Kept]);
    }
}
