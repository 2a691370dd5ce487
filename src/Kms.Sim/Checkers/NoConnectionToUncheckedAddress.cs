using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>Whatever a name resolves to, a node or a client dials public addresses of known hosts only (H2, M8).</summary>
internal sealed class NoConnectionToUncheckedAddress : Checker
{
    public NoConnectionToUncheckedAddress(SimWorld world)
        : base(world) => world.Network.Dialled += (who, address) =>
        {
            if (address is null || !World.Network.Dns.IsKnown(address))
            {
                Violate($"{who} dialled {address}");
            }
        };
}
