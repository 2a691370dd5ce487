using Kms.Sim.Enclave;
using Kms.Sim.Kernel;
using Kms.Sim.Scenarios;

namespace Kms.Sim.Drivers;

/// <summary>Runs a world on one thread at a time in virtual time; the same spec gives the same events, to the byte.</summary>
internal static class Marathon
{
    /// <param name="keepEvents">How many of the newest events to keep for a bundle; zero for speed.</param>
    /// <param name="promises">Events without which the run counts as failed; empty while shrinking.</param>
    public static RunReport Run(RunSpec spec, IReadOnlyList<string> promises, int keepEvents)
    {
        var report = RunOnce(spec, promises, keepEvents);
        return Catalogue.Find(spec.Scenario).Without?.Judge(report, other => RunOnce(other, [], 0)) ?? report;
    }

    private static RunReport RunOnce(RunSpec spec, IReadOnlyList<string> promises, int keepEvents)
    {
        RememberedSignatures.Begin();
        using var loop = new EventLoop(spec.Options.ShuffleReady ? new SimRandom(spec.Seed).Fork("schedule") : null);
        using var run = new WorldRun(spec, promises, keepEvents, loop);
        var report = run.TellAsync((horizon, stop, quiescent) =>
        {
            loop.Run(horizon, stop, quiescent);
            if (loop.IsStuck)
            {
                run.World.Violate(nameof(StuckNodes), "the loop waits for a lock that is held while an embedder is called back");
            }
            else if (loop.IsEndless)
            {
                run.World.Violate(nameof(StuckNodes), "a step goes round without end");
            }

            return Task.CompletedTask;
        }).GetAwaiter().GetResult();
        RememberedSignatures.End();
        return report;
    }
}
