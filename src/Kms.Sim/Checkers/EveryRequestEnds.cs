using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>Whatever is asked of a live node is answered in bounded time, and no handler throws.</summary>
internal sealed class EveryRequestEnds : Checker
{
    public EveryRequestEnds(SimWorld world)
        : base(world) => world.Network.HandlerBroke += Violate;
}
