using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>A rule that must hold in every world. Its name is the class's.</summary>
internal abstract class Checker(SimWorld world)
{
    protected SimWorld World { get; } = world;

    /// <summary>After every quiescent step: nothing is ready, time is about to move. Must be cheap.</summary>
    public virtual void Step()
    {
    }

    /// <summary>Now and then, for what is dear to look at.</summary>
    public virtual void Look()
    {
    }

    /// <summary>When the world has healed and settled.</summary>
    public virtual void End()
    {
    }

    protected void Violate(string text) => World.Violate(GetType().Name, text);
}
