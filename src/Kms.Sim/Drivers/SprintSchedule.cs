using Kms.Sim.Kernel;

namespace Kms.Sim.Drivers;

/// <summary>What decides a schedule beside the world: part of a bundle.</summary>
/// <param name="Seed">Of Coyote's choices.</param>
/// <param name="Bound">Switch probability of 2^-n, or number of priority changes.</param>
/// <param name="Iterations">Schedules of the same world one after the other; more than one where the strategy learns from the last.</param>
internal sealed record SprintSchedule(SprintStrategy Strategy, uint Seed, uint Bound, uint Iterations)
{
    private const uint LearningIterations = 3;

    public static SprintSchedule Draw(SimRandom random, SprintStrategy? given)
    {
        var drawn = random.Below(10) switch
        {
            < 4 => SprintStrategy.Random,
            < 8 => SprintStrategy.Probabilistic,
            _ => SprintStrategy.Prioritization,
        };
        uint seed = (uint)random.Next();
        return (given ?? drawn) switch
        {
            SprintStrategy.Random => new SprintSchedule(SprintStrategy.Random, seed, 0, 1),
            SprintStrategy.Probabilistic => new SprintSchedule(SprintStrategy.Probabilistic, seed, 1 + (uint)random.Below(4), 1),
            _ => new SprintSchedule(SprintStrategy.Prioritization, seed, 2 + (uint)random.Below(12), LearningIterations),
        };
    }
}
