using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>Nothing ends a node but a requested stop: neither an exception anywhere in it nor a loop that returns.</summary>
internal sealed class NoNodeEndsByItself : Checker
{
    public NoNodeEndsByItself(SimWorld world)
        : base(world) => world.Ended += (node, why) => Violate($"n{node} {why}");
}
