namespace Kms.Sim.World;

/// <summary>Size and pace of a world. All of it is part of a bundle, so that a replay builds the same one.</summary>
internal sealed record WorldOptions
{
    public int Nodes { get; init; } = 3;

    public uint ConfirmationTarget { get; init; } = 2;

    public int FinalityDepth { get; init; } = 4;

    public ulong ProposalBlocks { get; init; } = 60;

    public long BlockMs { get; init; } = 2_000;

    /// <summary>The nodes' tick; the default keeps days of simulated time affordable.</summary>
    public long TickMs { get; init; } = 15_000;

    public long HeadPollMs { get; init; } = 4_000;

    public int EndpointsPerNode { get; init; } = 2;

    /// <summary>How many of the endpoints are full nodes' (percent); the others are light clients', as in an enclave.</summary>
    public int FullEndpointPercent { get; init; } = 25;

    /// <summary>Blocks for which producers may leave a transaction lying.</summary>
    public int MaxHoldBlocks { get; init; } = 2;

    public long MinDelayMs { get; init; } = 1;

    public long MaxDelayMs { get; init; } = 30;

    /// <summary>Clock drift of each node is drawn within plus and minus this.</summary>
    public int MaxDriftPpm { get; init; } = 200;

    public int Apps { get; init; } = 2;

    /// <summary>Mean time between two requests of one app; zero: no workload.</summary>
    public long WorkloadMs { get; init; } = 3_000;

    public int KeysPerApp { get; init; } = 4;

    /// <summary>Sign v1 proofs for this share of requests, as existing apps do (percent).</summary>
    public int V1Percent { get; init; } = 10;

    /// <summary>Seconds of the day at which nodes start, spread over this window.</summary>
    public long StartSpreadMs { get; init; }

    /// <summary>Ready continuations run in a seeded order instead of first in, first out.</summary>
    public bool ShuffleReady { get; init; } = true;
}
