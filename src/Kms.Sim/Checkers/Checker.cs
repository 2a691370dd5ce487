using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>A rule that must hold in every world. Its name is the class's.</summary>
internal abstract class Checker(SimWorld world)
{
    protected SimWorld World { get; } = world;

    /// <summary>After every quiescent step in which a node's state or secrets, its life or the contracts moved; and every minute.</summary>
    public virtual void Look()
    {
    }

    /// <summary>When the world has healed and settled.</summary>
    public virtual void End()
    {
    }

    protected void Violate(string text) => World.Violate(GetType().Name, text);
}
