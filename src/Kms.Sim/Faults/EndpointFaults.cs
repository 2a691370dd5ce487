using Kms.Sim.Chain;
using Kms.Sim.World;

namespace Kms.Sim.Faults;

/// <summary>What RPCs can answer beside blocks: errors, nothing, and lies about transactions.</summary>
internal static class EndpointFaults
{
    /// <param name="slots">Whose endpoints.</param>
    public static Action Apply(SimWorld world, PlannedFault fault, IReadOnlyList<NodeSlot> slots)
    {
        Action<SimRpcEndpoint, bool> set = fault.Kind switch
        {
            FaultKind.RpcErrors => (one, on) => one.ErrorPercent = on ? fault.Amount : 0,
            FaultKind.RpcSwallows => (one, on) => one.Swallows = on,
            FaultKind.RpcDeniesReceipts => (one, on) => one.DeniesReceipts = on,
            FaultKind.RpcRefusesEstimates => (one, on) => one.RefusesEstimates = on,
            FaultKind.FinalStandsStill => (one, on) => one.FinalPinned = on ? world.FinalBlock : null,
            FaultKind.HeadStandsStill => (one, on) => one.StandsStillAt = on ? world.Ledger.Head : null,
            FaultKind.ZeroedRegistry => (one, on) => one.IsZeroed = on,
            _ => throw new InvalidOperationException($"no fault of endpoints: {fault.Kind}"),
        };
        Set(on: true);
        return () => Set(on: false);

        void Set(bool on)
        {
            foreach (var endpoint in slots.SelectMany(slot => slot.Endpoints))
            {
                set(endpoint, on);
            }

            foreach (var slot in slots)
            {
                slot.DisturbedUntil = on ? TimeSpan.MaxValue : world.Loop.Now;
            }
        }
    }
}
