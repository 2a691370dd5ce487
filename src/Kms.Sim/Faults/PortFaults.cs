using Kms.Sim.Kernel;
using Kms.Sim.Scenarios;
using Kms.Sim.World;

namespace Kms.Sim.Faults;

/// <summary>Exceptions at the ports belong to every story: a part of all seeds of each scenario gets them on top of its plan.</summary>
internal static class PortFaults
{
    private const double Share = 0.25;
    private const int MostPermille = 10;
    private const int MostCallbackPermille = 500;

    public static IReadOnlyList<PlannedFault> AddTo(IReadOnlyList<PlannedFault> plan, SimRandom random, WorldOptions options, Scenario scenario)
    {
        if (scenario.Component is not null || !random.Chance(Share))
        {
            return plan;
        }

        long length = (long)scenario.Horizon.TotalMilliseconds;
        int node = random.Below(options.Nodes);
        return
        [
            .. plan,
            new PlannedFault(0, FaultKind.PortsThrow, node, ForMs: length, Amount: 1 + random.Below(MostPermille)),
            new PlannedFault(0, FaultKind.EmbedderThrows, random.Below(options.Nodes), ForMs: length, Amount: 1 + random.Below(MostCallbackPermille)),
        ];
    }
}
