using Kms.Core.Primitives;

namespace Kms.Core.Node.Pipeline;

/// <summary>What a host may choose about requests.</summary>
/// <param name="RequireV2">Route classes whose v1 proofs are refused (401 <c>proof_version</c>).</param>
/// <param name="StatusReaders">Wallets that, besides members, may read the detailed status with a <c>x-kms-*</c> v2 proof.</param>
internal sealed record PipelineOptions(RouteClasses RequireV2, IReadOnlySet<WalletAddress> StatusReaders)
{
    public static PipelineOptions Default { get; } = new(RouteClasses.None, new HashSet<WalletAddress>());
}
