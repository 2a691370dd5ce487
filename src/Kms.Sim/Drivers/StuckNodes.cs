using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Drivers;

/// <summary>The deadlock check: Coyote's own never strikes while the pump can go on.</summary>
internal sealed class StuckNodes(SimWorld world, SprintLoop loop)
{
    public void Look()
    {
        if (loop.Blocked.Count > 0)
        {
            world.Violate(nameof(StuckNodes), "wait for locks that nobody will release: " + string.Join(", ", loop.Blocked));
        }

        foreach (var slot in world.Alive.Where(slot => !slot.Current!.Life.IsWaiting))
        {
            world.Violate(nameof(StuckNodes), $"n{slot.Index} is stuck: no timer, no call under way, not finished");
        }
    }
}
