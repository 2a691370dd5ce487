using Kms.Core.Primitives;

namespace Kms.Core.Node.Pipeline;

/// <summary>One member of the cluster in <c>/nodes</c>, from cached probes.</summary>
/// <param name="Url">As registered, but parsed by <see cref="Network.PeerUrl"/>; empty when it is not acceptable.</param>
/// <param name="ServiceAvailable">Answered ready when it was last probed.</param>
/// <param name="ProbedAgoMs">Milliseconds since that probe; null when never.</param>
internal sealed record NodeSummary(
    WalletAddress Wallet,
    TeePublicKey? TeePublicKey,
    string Url,
    bool IsOperator,
    bool ServiceAvailable,
    long? ProbedAgoMs);
