using Kms.Sim.Kernel;
using Kms.Sim.World;
using Microsoft.Coyote.Runtime;

namespace Kms.Sim.Pieces;

/// <summary>One schedule of a part of the node on its own: its randomness, its history, its verdict.</summary>
internal sealed class PieceRun(SimRandom random, EventLog log, ISimLoop loop)
{
    public SimRandom Random { get; } = random;

    public ISimLoop Loop { get; } = loop;

    /// <summary>The first rule that did not hold; null while all do.</summary>
    public Violation? Violation { get; private set; }

    /// <summary>Adds to the history, which the hash is made of. Order is the schedule's.</summary>
    public void Note(string lane, string text) => log.Add("did", lane, text);

    /// <summary>Counts something that should happen in some schedules.</summary>
    public void Sometimes(string what) => log.Occurred(what);

    public void Violate(string rule, string text)
    {
        if (Violation is null)
        {
            Violation = new Violation(rule, text, Loop.Now);
            log.Add("violation", "world", $"{rule}: {text}");
        }
    }

    public void Require(bool holds, string rule, string text)
    {
        if (!holds)
        {
            Violate(rule, text);
        }
    }

    /// <summary>Runs callers side by side and waits for all.</summary>
    public static Task TogetherAsync(params Func<Task>[] callers) => Task.WhenAll(callers.Select(caller => Task.Run(caller)).ToArray());

    /// <summary>Runs synchronous callers side by side and waits for all.</summary>
    public static Task TogetherAsync(params Action[] callers) => Task.WhenAll(callers.Select(caller => Task.Run(caller)).ToArray());

    /// <summary>A step of the test's own bookkeeping that no other caller may come between.</summary>
    public static T Atomic<T>(Func<T> step)
    {
        SchedulingPoint.Suppress();
        try
        {
            return step();
        }
        finally
        {
            SchedulingPoint.Resume();
        }
    }
}
