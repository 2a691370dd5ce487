using Kms.Core.Primitives;

namespace Kms.Core.Store;

/// <summary>What a store is made of.</summary>
/// <param name="Incarnation">Random 128 bits drawn at this start of the node; never zero.</param>
/// <param name="TrustedNowMs">Unix milliseconds of trusted time; monotonic.</param>
internal sealed record StoreOptions(UInt128 Incarnation, IValueSealer Sealer, Func<long> TrustedNowMs)
{
    /// <summary>Key and plaintext bytes of an app's live records.</summary>
    public long AppQuotaBytes { get; init; } = Limits.AppQuotaBytes;

    /// <summary>Records of an app, tombstones included.</summary>
    public int MaxRecordsPerApp { get; init; } = Limits.MaxRecordsPerApp;

    /// <summary>Memory of all records: keys, sealed values and <see cref="Limits.RecordOverheadBytes"/> each.</summary>
    public long StoreLimitBytes { get; init; } = Limits.StoreLimitBytes;

    public long TombstoneRetentionMs { get; init; } = Limits.TombstoneRetentionMs;
}

/// <summary>Figures for operators. No keys, no values.</summary>
/// <param name="Bytes">Memory charged against the global limit.</param>
/// <param name="Conflicts">Writes that lost to a write made without knowledge of them, seen by this incarnation.</param>
/// <param name="InvalidReceived">Records refused as not authentic or outside the protocol.</param>
internal sealed record StoreStats(
    int Apps,
    int LiveRecords,
    int Tombstones,
    long Bytes,
    ulong Sequence,
    long Conflicts,
    long InvalidReceived,
    Epoch? OldestEpoch);
