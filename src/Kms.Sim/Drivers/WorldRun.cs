using Kms.Sim.Checkers;
using Kms.Sim.Faults;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Drivers;

/// <summary>The life of a world from boot to read-back, the same under both drivers.</summary>
internal sealed class WorldRun : IDisposable
{
    private static readonly TimeSpan SettleLook = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReadBackLimit = TimeSpan.FromMinutes(10);

    private readonly RunSpec _spec;
    private readonly IReadOnlyList<string> _promises;
    private readonly CheckerSet _checkers;
    private readonly FaultInjector _faults;

    public WorldRun(RunSpec spec, IReadOnlyList<string> promises, int keepEvents, ISimLoop loop)
    {
        _spec = spec;
        _promises = promises;
        World = new SimWorld(loop, spec.Seed, spec.Options, keepEvents);
        World.Begin();
        _checkers = new CheckerSet(World);
        _faults = new FaultInjector(World, spec.Plan, new SimRandom(spec.Seed).Fork("faults"));
    }

    public SimWorld World { get; }

    private bool IsBroken => World.Violation is not null;

    /// <summary>The plan left fewer members than must confirm before the first secret was there: nothing that needs one can happen.</summary>
    private bool IsTooSmallForAnEpoch =>
        !World.Log.Sometimes.ContainsKey("activated") && World.Members().Count() < World.Ledger.Head.State.Kms.ConfirmationTarget;

    /// <param name="run">Moves time to a horizon, or until something says stop, and calls the checkers at every quiescence.</param>
    public async Task<RunReport> TellAsync(Func<TimeSpan, Func<bool>, Action, Task> run)
    {
        await run(_spec.Horizon, () => IsBroken, _checkers.Step);
        if (!IsBroken)
        {
            lock (World.Loop.Gate)
            {
                _faults.HealAll();
                World.Workload.Stop();
            }

            await SettleAsync(run);
        }

        if (!IsBroken)
        {
            World.Spawn("read back", _checkers.Records.ReadBackAsync);
            await run(World.Loop.Now + ReadBackLimit, () => IsBroken || _checkers.Records.IsComplete, _checkers.Step);
            _checkers.End();
        }

        if (!IsBroken && !IsTooSmallForAnEpoch)
        {
            CheckPromises();
        }

        return Report();
    }

    public void Dispose()
    {
        _checkers.Dispose();
        World.Dispose();
    }

    private void CheckPromises()
    {
        // A port that threw can put off a transaction for half of a short story, and with it the milestone that a fault waits for.
        bool wasPutOff = World.Log.Sometimes.Keys.Any(key => key.StartsWith('I') && key.EndsWith(" threw", StringComparison.Ordinal));
        bool IsExcused(string promise) => wasPutOff && _faults.NeverDue.Any(kind => promise == $"fault {kind}");
        foreach (var promise in _promises.Where(promise => !IsBroken && !World.Log.Sometimes.ContainsKey(promise) && !IsExcused(promise)))
        {
            World.Violate("Promises", $"\"{promise}\" never happened");
        }
    }

    private RunReport Report() => new(
        _spec, World.Violation, World.Log.Hash(), World.Loop.Now, World.Log.Count,
        new SortedDictionary<string, long>(World.Log.Sometimes.ToDictionary(entry => entry.Key, entry => entry.Value), StringComparer.Ordinal),
        [.. World.Log.Kept])
    {
        FirstUses = World.Voices.FirstUses,
    };

    private async Task SettleAsync(Func<TimeSpan, Func<bool>, Action, Task> run)
    {
        var bound = TimeSpan.FromMilliseconds(_spec.SettleMs);
        var end = World.Loop.Now + bound;
        do
        {
            await run(World.Loop.Now + SettleLook, () => IsBroken, _checkers.Step);
        }
        while (!IsBroken && World.Loop.Now < end && !_checkers.Convergence.IsReached());

        if (!IsBroken && !_checkers.Convergence.IsReached())
        {
            _checkers.Convergence.FailBound(bound);
        }
    }
}
