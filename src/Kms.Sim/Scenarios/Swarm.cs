using Kms.Sim.Faults;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>Everything at once: each seed picks its own world and its own subset of faults, since faults can hide each other.</summary>
internal static class Swarm
{
    // Short and dense: a quarter of an hour holds as many faults as it likes, and three worlds find more than one that is thrice as long.
    private const int Minutes = 15;
    private const int FaultsUntilMs = 10 * 60_000;
    private static readonly FaultKind[] Kinds = Enum.GetValues<FaultKind>();

    public static Scenario Everything { get; } = new("Everything_at_once", Options, TimeSpan.FromMinutes(Minutes), Plan, ["activated", "state ready"])
    {
        SettleBound = TimeSpan.FromMinutes(40),
    };

    private static WorldOptions Options(SimRandom random)
    {
        int nodes = 2 + random.Below(5);
        return new WorldOptions
        {
            Nodes = nodes,
            ConfirmationTarget = (uint)Math.Min(1 + random.Below(3), nodes),
            FinalityDepth = 2 + random.Below(6),
            ProposalBlocks = 60,
            TickMs = random.Pick([5_000L, 15_000L, 30_000L]),
            EndpointsPerNode = 1 + random.Below(3),
            MaxHoldBlocks = random.Below(4),
            MaxDelayMs = random.Pick([5L, 50L, 400L]),
            MaxDriftPpm = random.Pick([0, 200, 2_000]),
            WorkloadMs = random.Pick([1_000L, 4_000L, 15_000L]),
            StartSpreadMs = random.Pick([0L, 20_000L, 120_000L]),
            FullEndpointPercent = random.Pick([0, 0, 25, 100]),
        };
    }

    private static List<PlannedFault> Plan(SimRandom random, WorldOptions options) => PlanOf(random, options, Kinds);

    internal static List<PlannedFault> PlanOf(SimRandom random, WorldOptions options, FaultKind[] all)
    {
        var kinds = all.Where(_ => random.Chance(0.25)).ToList();
        var plan = new List<PlannedFault>();
        int count = random.Below(14);
        for (int i = 0; i < count && kinds.Count > 0; i++)
        {
            plan.Add(Fault(random, options, random.Pick(kinds)));
        }

        return [.. plan.OrderBy(fault => fault.AtMs)];
    }

    private static PlannedFault Fault(SimRandom random, WorldOptions options, FaultKind kind)
    {
        long at = random.Between(0, FaultsUntilMs);
        long length = random.Pick([5_000L, 40_000L, 200_000L]);
        int node = random.Below(options.Nodes);
        var trigger = random.Chance(0.25) ? random.Pick(Enum.GetValues<FaultTrigger>()) : FaultTrigger.None;
        at = trigger == FaultTrigger.None ? at : random.Between(0, 20_000);
        int amount = kind switch
        {
            FaultKind.Partition => 1 + random.Below((1 << options.Nodes) - 2),
            FaultKind.Delay => 50 + random.Below(6_000),
            FaultKind.Loss or FaultKind.Duplicate => 5 + random.Below(60),
            FaultKind.Reorder => 100 + random.Below(5_000),
            FaultKind.Reorg => 1 + random.Below(random.Chance(0.2) ? 40 : options.FinalityDepth - 1),
            FaultKind.OldHead or FaultKind.Lag => random.Below(60),
            FaultKind.Fork => 1 + random.Below(options.FinalityDepth - 1),
            FaultKind.ClockStep => random.Below(200_000) - 100_000,
            FaultKind.Crash => random.Below(2),
            FaultKind.OdynSlow => 100 + random.Below(8_000),
            FaultKind.NonceFlood => 20,
            FaultKind.Grief => 1 + random.Below(2),
            FaultKind.Rogue => random.Below(2),
            FaultKind.Twins => 20,
            FaultKind.Questions => 5,
            FaultKind.DefaultEpoch or FaultKind.Retire => 1 + random.Below(2),
            FaultKind.Trickle => random.Pick([2_000, 8_000, 9_990, 10_010, 14_000, 60_000]),
            FaultKind.Hostile => random.Below(2),
            FaultKind.SilentMembers => 1 + random.Below(8),
            FaultKind.RpcErrors => 5 + random.Below(95),
            FaultKind.SetTarget => 1 + random.Below(options.Nodes),
            FaultKind.PortsThrow => 1 + random.Below(50),
            FaultKind.EmbedderThrows => 1 + random.Below(1_000),
            FaultKind.AuxiliaryPort => 2 + random.Below(8),
            FaultKind.EmbedderBlocks => random.Pick([200, 60_000, 3_600_000]),
            _ => 0,
        };
        int other = kind switch
        {
            FaultKind.CutOneWay or FaultKind.Twins => (node + 1) % options.Nodes,
            FaultKind.Reorg => random.Below(3),
            FaultKind.RevokeApp or FaultKind.StopAppInstance => random.Below(options.Apps),
            _ => 0,
        };
        return new PlannedFault(at, kind, node, other, length, amount, trigger);
    }
}
