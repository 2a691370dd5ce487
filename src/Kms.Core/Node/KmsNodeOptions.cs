using System.Net;
using Kms.Core.Attestation;
using Kms.Core.Audit;
using Kms.Core.Node.Api;
using Kms.Core.Primitives;

namespace Kms.Core.Node;

/// <summary>What an embedder decides about a node. Checked by <see cref="KmsNode"/>'s constructor.</summary>
public sealed record KmsNodeOptions
{
    /// <summary>The root that attestation documents must chain to: AWS, or a devnet's own.</summary>
    public required AttestationRoot AttestationRoot { get; init; }

    /// <summary>
    /// At least 32 random bytes from the host, drawn for this start. Together with Odyn's they key the node's generator, so
    /// neither source alone predicts it. Copied; the caller may zero its own.
    /// </summary>
    public required ReadOnlyMemory<byte> HostEntropy { get; init; }

    /// <summary>
    /// Blocks between the latest and the final head, as the chain port is configured; the node proposes only while the
    /// registry's <c>proposalBlocks</c> exceed three times as many. For finality by tag: the depth to expect at most.
    /// </summary>
    public ulong FinalityDepthBlocks { get; init; } = 64;

    /// <summary>
    /// Milliseconds between two blocks at most, in the ordinary course of the chain. With the depth it says how far the final head
    /// may trail before nothing is decided on it any more.
    /// </summary>
    public long BlockTimeMs { get; init; } = Limits.BlockTimeMs;

    /// <summary>Exact <c>ip:port</c> pairs that may be dialled although they are private. Only with a root that is not AWS's.</summary>
    public IReadOnlyList<IPEndPoint> AddressExceptions { get; init; } = [];

    /// <summary>This node's own public URL, for display until the registry tells; empty when unknown.</summary>
    public string NodeUrl { get; init; } = string.Empty;

    /// <summary>Milliseconds between ticks when nothing happens on the chain.</summary>
    public long TickMs { get; init; } = Limits.TickMs;

    /// <summary>Milliseconds between two looks at the chain's heads.</summary>
    public long HeadPollMs { get; init; } = Limits.HeadPollMs;

    /// <summary>Route classes whose v1 proofs are refused.</summary>
    public RouteClasses RequireV2 { get; init; } = RouteClasses.None;

    /// <summary>Wallets that, besides members, may read the detailed status.</summary>
    public IReadOnlyList<WalletAddress> StatusReaders { get; init; } = [];

    /// <summary>
    /// Called for each security decision, in order, by a worker of its own: one that throws or blocks misses events and harms
    /// nobody. Events have sequence numbers without gaps.
    /// </summary>
    public Action<AuditEvent>? OnAudit { get; init; }

    /// <summary>Called with one line for operators whenever readiness changes, like <see cref="OnAudit"/> by a worker of its own.</summary>
    public Action<string>? OnStateChange { get; init; }

    /// <summary>How far the final head may trail trusted time: its depth in time, and what a fresh chain may be late.</summary>
    internal long MaxFinalLagMs => ((long)FinalityDepthBlocks * BlockTimeMs) + Limits.ChainStaleAfterMs;

    /// <summary>
    /// What is wrong with a combination of depth and block time, with advice; null when nothing is.
    /// </summary>
    internal static string? FinalityProblem(ulong depthBlocks, long blockTimeMs) =>
        depthBlocks > Limits.MaxFinalityDepthBlocks ? $"FinalityDepth must be at most {Limits.MaxFinalityDepthBlocks} blocks"
        : blockTimeMs is < 1 or > Limits.MaxBlockTimeMs
            ? $"BlockTimeMs must be 1 to {Limits.MaxBlockTimeMs}: on a slower chain every head would look stale ({Limits.ChainStaleAfterMs} ms)"
        : (UInt128)depthBlocks * (UInt128)blockTimeMs > Limits.MaxFinalLagMs
            ? $"FinalityDepth of {depthBlocks} blocks of {blockTimeMs} ms is more than {Limits.MaxFinalLagMs} ms: nothing would be granted for hours; choose a smaller depth"
        : null;

    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        if (HostEntropy.Length < Limits.MinEntropyBytes)
        {
            throw new ArgumentException($"{nameof(HostEntropy)}: at least {Limits.MinEntropyBytes} bytes are needed");
        }

        if (AttestationRoot is null)
        {
            throw new ArgumentException($"{nameof(AttestationRoot)} is needed");
        }

        if (AddressExceptions.Count > 0 && AttestationRoot.IsAws)
        {
            throw new ArgumentException($"{nameof(AddressExceptions)} are for devnets: not with the AWS attestation root");
        }

        if (TickMs is < Limits.MinTickMs or > Limits.MaxTickMs)
        {
            throw new ArgumentException($"{nameof(TickMs)} must be {Limits.MinTickMs} to {Limits.MaxTickMs}");
        }

        if (HeadPollMs is < Limits.MinHeadPollMs or > Limits.MaxHeadPollMs || HeadPollMs > TickMs)
        {
            throw new ArgumentException($"{nameof(HeadPollMs)} must be {Limits.MinHeadPollMs} to {Limits.MaxHeadPollMs}, at most {nameof(TickMs)}");
        }

        if (FinalityProblem(FinalityDepthBlocks, BlockTimeMs) is { } problem)
        {
            throw new ArgumentException(problem);
        }
    }
}
