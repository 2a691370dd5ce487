using Kms.Sim.Faults;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>A story to tell both drivers: the world, what goes wrong in it, and what must have happened for it to count.</summary>
/// <param name="Name">A sentence with underscores.</param>
/// <param name="Options">The world's size and pace, drawn from the seed if it likes.</param>
/// <param name="Horizon">Virtual time after which everything heals.</param>
/// <param name="Plan">The faults, drawn from the seed.</param>
/// <param name="Promises">Events that must have occurred in the run, or it proved nothing.</param>
internal sealed record Scenario(
    string Name,
    Func<SimRandom, WorldOptions> Options,
    TimeSpan Horizon,
    Func<SimRandom, WorldOptions, IReadOnlyList<PlannedFault>> Plan,
    IReadOnlyList<string> Promises)
{
    /// <summary>Within this after the last fault, every member is ready and all agree.</summary>
    public TimeSpan SettleBound { get; init; } = TimeSpan.FromMinutes(12);

    /// <summary>What a part of its faults may cost, under the Marathon: told again without them. Null: nothing is compared.</summary>
    public Drivers.ToldWithout? Without { get; init; }

    /// <summary>Meant for the Marathon: whatever takes minutes or days.</summary>
    public bool UnderMarathon { get; init; } = true;

    /// <summary>Meant for the Sprint: a small world and at most a minute before it settles, since every schedule costs.</summary>
    public bool UnderSprint { get; init; }

    /// <summary>Instead of a world: a part of the node on its own, under several callers. For the Sprint alone.</summary>
    public Func<Components.ComponentRun, Task>? Component { get; init; }

    /// <summary>When all take turns under the Sprint: how many for each turn of a world. A part takes milliseconds, a world a second.</summary>
    public int SprintTurns { get; init; } = 1;
}
