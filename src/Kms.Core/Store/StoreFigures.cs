using Kms.Core.Primitives;

namespace Kms.Core.Store;

/// <summary>Figures for operators. No keys, no values.</summary>
/// <param name="Bytes">Memory charged against the global limit.</param>
/// <param name="ConcurrentLosers">Writes that lost to a write made without knowledge of them, seen by this incarnation.</param>
/// <param name="InvalidReceived">Records refused as not authentic or outside the protocol.</param>
internal sealed record StoreFigures(
    int Apps,
    int LiveRecords,
    int Tombstones,
    long Bytes,
    ulong Sequence,
    long ConcurrentLosers,
    long InvalidReceived,
    Epoch? OldestEpoch);
