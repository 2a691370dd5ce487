using Kms.Core.Primitives;

namespace Kms.Core.Node.Pipeline;

/// <param name="Records">Live ones.</param>
/// <param name="Bytes">
/// Memory charged against <see cref="Limits.StoreLimitBytes"/>, of tombstones too: for each record
/// <see cref="Limits.RecordOverheadBytes"/>, its key and its sealed value. Not what quotas count.
/// </param>
/// <param name="ConcurrentLosers">Writes that lost to a concurrent one (design §8): counted, never silent.</param>
/// <param name="OldestEpoch">The oldest epoch that a record here is sealed under: what is older may be retired. Null without records.</param>
internal sealed record StoreStatus(long Records, long Tombstones, long Bytes, long ConcurrentLosers, Bytes32 Digest, Epoch? OldestEpoch);
