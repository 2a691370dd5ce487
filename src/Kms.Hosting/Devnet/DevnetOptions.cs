using System.Net;

namespace Kms.Hosting.Devnet;

/// <summary>What a devnet may be told.</summary>
public sealed record DevnetOptions
{
    public const int MaxNodes = 32;

    /// <summary>Blocks take a second: more would not become ready within <see cref="ReadyTimeout"/>.</summary>
    public const ulong MaxFinalityDepth = 60;

    /// <summary>Number of nodes, 1 to <see cref="MaxNodes"/>.</summary>
    public int Nodes { get; init; } = 3;

    public ulong ChainId { get; init; } = 31_337;

    /// <summary>Blocks between the latest and the final view.</summary>
    public ulong FinalityDepth { get; init; } = 2;

    /// <summary>
    /// <c>safe</c> or <c>finalized</c> as the final view instead of a depth: the first trails the latest block by
    /// <see cref="FinalityDepth"/>, the second by twice as much. Null: the depth.
    /// </summary>
    public string? FinalityTag { get; init; }

    /// <summary>Port of the chain; 0 for a free one.</summary>
    public int RpcPort { get; init; }

    /// <summary>Port of the first node, the others follow; 0 for free ones.</summary>
    public int NodePort { get; init; }

    /// <summary>Milliseconds between ticks of the nodes.</summary>
    public long TickMs { get; init; } = 1_000;

    /// <summary>Milliseconds between looks at the chain's heads.</summary>
    public long HeadPollMs { get; init; } = 500;

    /// <summary>Where <c>devnet.json</c> goes; null for nowhere.</summary>
    public string? File { get; init; } = Path.Combine(".devnet", "devnet.json");

    /// <summary>How long the nodes may take to become ready.</summary>
    public TimeSpan ReadyTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Called with each log line of the nodes, named by node; null drops them.</summary>
    public Action<string>? OnLog { get; init; }

    /// <summary>What is wrong with these options, in the words of the command line; null when nothing is.</summary>
    public string? Problem() => this switch
    {
        { Nodes: < 1 or > MaxNodes } => $"--nodes must be 1 to {MaxNodes}",
        { FinalityDepth: < 1 or > MaxFinalityDepth } => $"--finality-depth must be 1 to {MaxFinalityDepth}",
        { FinalityTag: not (null or "safe" or "finalized") } => "--finality-tag must be safe or finalized",
        { RpcPort: < 0 or > IPEndPoint.MaxPort } => $"--rpc-port must be 0 to {IPEndPoint.MaxPort}",
        { NodePort: < 0 } => $"--node-port must be 0 to {IPEndPoint.MaxPort}",
        _ when NodePort + Nodes - 1 > IPEndPoint.MaxPort => $"--node-port leaves no room for {Nodes} ports up to {IPEndPoint.MaxPort}",
        _ => null,
    };
}
