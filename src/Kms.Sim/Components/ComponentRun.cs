using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Sim.Kernel;
using Kms.Sim.World;
using Microsoft.Coyote.Runtime;

namespace Kms.Sim.Components;

/// <summary>One schedule of a part of the node on its own: its randomness, its clock, its history, its verdict.</summary>
internal sealed class ComponentRun(SimRandom random, EventLog log, ISimLoop loop)
{
    public SimRandom Random { get; } = random;

    public ComponentClock Clock { get; } = new(loop);

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
            Violation = Violation.Of(rule, text, Clock.Elapsed);
            log.Add("violation", "world", $"{rule}: {Violation.Text}");
        }
    }

    public void Require(bool holds, string rule, string text)
    {
        if (!holds)
        {
            Violate(rule, text);
        }
    }

    /// <summary>A node's generator, from the seed.</summary>
    public NodeRandom NewNodeRandom(string label) => new(Random.Fork(label + " odyn").Bytes(32), Random.Fork(label + " host").Bytes(32));

    public WalletAddress NewWallet(string label) => WalletAddress.From(Random.Fork(label).Bytes(20));

    /// <summary>Runs callers side by side and waits for all.</summary>
    public static Task TogetherAsync(params Func<Task>[] callers) => Task.WhenAll(callers.Select(caller => Task.Run(caller)).ToArray());

    /// <summary>Runs synchronous callers side by side and waits for all.</summary>
    public static Task TogetherAsync(params Action[] callers) => Task.WhenAll(callers.Select(caller => Task.Run(caller)).ToArray());

    /// <summary>Bookkeeping that belongs to one moment: no other caller comes between its steps.</summary>
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
