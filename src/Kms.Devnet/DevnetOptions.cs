using System.Net;
using Kms.Devnet.Chain;
using Kms.Devnet.Odyn;

namespace Kms.Devnet;

/// <summary>What a devnet may be told.</summary>
public sealed record DevnetOptions
{
    public const int MaxNodes = 32;

    /// <summary>Blocks take a second: more would not become ready within <see cref="ReadyTimeout"/>.</summary>
    public const ulong MaxFinalityDepth = 60;

    /// <summary>Number of nodes, 1 to <see cref="MaxNodes"/>.</summary>
    public int Nodes { get; init; } = 3;

    public ulong ChainId { get; init; } = AnvilProcess.DefaultChainId;

    /// <summary>Blocks between the latest and the final view.</summary>
    public ulong FinalityDepth { get; init; } = 2;

    /// <summary>
    /// <c>safe</c> or <c>finalized</c> as the final view instead of a depth: the first trails the latest block by
    /// <see cref="FinalityDepth"/>, the second by twice as much. Null: the depth.
    /// </summary>
    public string? FinalityTag { get; init; }

    /// <summary>
    /// Releases of the simulated supervisor (<see cref="Supervisors"/>): that of the first node and the apps, that of the second, and
    /// so on, from the start again when there are more nodes. Empty: the newest.
    /// </summary>
    public IReadOnlyList<string> Supervisor { get; init; } = [];

    /// <summary>What <see cref="Supervisor"/> can be, the newest first: one release for each scheme of envelopes.</summary>
    public static IReadOnlyList<string> Supervisors { get; } = [.. SupervisorBuild.All.Select(build => build.Version)];

    /// <summary>
    /// What the nodes have for a chain RPC: <c>helios</c>, one that answers as the enclave's light client does, or <c>full</c>, the
    /// chain itself, which a tag needs. Null: <c>helios</c>, or <c>full</c> with a tag.
    /// </summary>
    public string? Rpc { get; init; }

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

    /// <param name="node">From 0.</param>
    internal SupervisorBuild BuildOf(int node) =>
        Supervisor.Count == 0 ? SupervisorBuild.Newest : SupervisorBuild.Find(Supervisor[node % Supervisor.Count])!;

    /// <summary>Whether the nodes have a light client between them and the chain.</summary>
    internal bool IsLight => Rpc == "helios" || (Rpc is null && FinalityTag is null);

    /// <summary>What is wrong with these options, in the words of the command line; null when nothing is.</summary>
    public string? Problem() => this switch
    {
        { Nodes: < 1 or > MaxNodes } => $"--nodes must be 1 to {MaxNodes}",
        { FinalityDepth: < 1 or > MaxFinalityDepth } => $"--finality-depth must be 1 to {MaxFinalityDepth}",
        { FinalityTag: not (null or "safe" or "finalized") } => "--finality-tag must be safe or finalized",
        _ when Supervisor.Any(version => SupervisorBuild.Find(version) is null) => $"--supervisor must be of {string.Join(", ", Supervisors)}",
        { Rpc: not (null or "helios" or "full") } => "--rpc must be helios or full",
        { FinalityTag: not null, Rpc: "helios" } => "--finality-tag needs --rpc full: the light client never answers safe or finalized",
        { RpcPort: < 0 or > IPEndPoint.MaxPort } => $"--rpc-port must be 0 to {IPEndPoint.MaxPort}",
        { NodePort: < 0 } => $"--node-port must be 0 to {IPEndPoint.MaxPort}",
        _ when NodePort + Nodes - 1 > IPEndPoint.MaxPort => $"--node-port leaves no room for {Nodes} ports up to {IPEndPoint.MaxPort}",
        _ => null,
    };
}
