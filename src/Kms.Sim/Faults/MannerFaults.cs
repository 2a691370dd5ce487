using Kms.Sim.Kernel;
using Kms.Sim.Network;
using Kms.Sim.World;

namespace Kms.Sim.Faults;

/// <summary>Members that keep callers waiting or answer with what no honest node would.</summary>
internal static class MannerFaults
{
    public static Action Apply(SimWorld world, PlannedFault fault, NodeSlot slot, SimRandom random)
    {
        var manners = slot.Manners;
        switch (fault.Kind)
        {
            case FaultKind.Silent:
                manners.IsSilent = true;
                return () => manners.IsSilent = false;
            case FaultKind.Trickle:
                manners.Trickle = TimeSpan.FromMilliseconds(fault.Amount);
                return () => manners.Trickle = TimeSpan.Zero;
            case FaultKind.Hostile:
                manners.Hostile = new HostileAnswers(world, slot.Index, fault.Amount == 0, random);
                return () => manners.Hostile = null;
            case FaultKind.Forge:
                manners.Forges = true;
                return () => manners.Forges = false;
            case FaultKind.PortsThrow:
                slot.Ports.Permille = fault.Amount;
                return () => slot.Ports.Permille = 0;
            case FaultKind.EmbedderThrows:
                slot.Ports.CallbackPermille = fault.Amount;
                return () => slot.Ports.CallbackPermille = 0;
            case FaultKind.EmbedderBlocks:
                slot.Ports.CallbacksBlockFor = TimeSpan.FromMilliseconds(fault.Amount);
                return slot.Ports.EndBlocks;
            default:
                throw new InvalidOperationException($"no manners: {fault.Kind}");
        }
    }
}
