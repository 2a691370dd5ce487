namespace Kms.Core.Store;

/// <summary>Judges a received record before anything is done with it, as if its sender were hostile.</summary>
internal static class RecordCheck
{
    /// <summary>Null when the record may be opened and merged.</summary>
    public static ReceiveVerdict? Refuse(StoredRecord record, long nowMs)
    {
        if (!IsWellFormed(record))
        {
            return ReceiveVerdict.Invalid;
        }

        // A timestamp ahead of trusted time would drag this node's hybrid clock along, and a tombstone that claims an expiry
        // to come would delete early. Both heal as time passes, so neither is lost.
        long horizonMs = nowMs + Limits.MaxRecordSkewMs;
        bool early = record.Id.TimestampMs > horizonMs || (record.Tombstone && record.ExpiryMs > horizonMs);
        return early ? ReceiveVerdict.Retry : null;
    }

    private static bool IsWellFormed(StoredRecord record) =>
        StoreKey.IsValid(record.Key)
        && IsSized(record)
        && record.Id.TimestampMs >= 0
        && record.Id.Incarnation != 0
        && (record.Parent is null || record.Parent < record.Id)
        && (record.ExpiryMs is null || IsLifetime(record.ExpiryMs.Value, record.Id.TimestampMs));

    private static bool IsSized(StoredRecord record) =>
        record.Tombstone
            ? record.PlaintextBytes == 0
            : record.PlaintextBytes >= 0 && record.PlaintextBytes <= Limits.MaxValueBytes;

    // The writer adds the lifetime to trusted time, which its hybrid timestamp may exceed by the skew it accepted.
    private static bool IsLifetime(long expiryMs, long timestampMs) =>
        expiryMs > 0 && expiryMs <= Limits.MaxTimestampMs && timestampMs <= Limits.MaxTimestampMs
        && expiryMs - timestampMs <= Limits.MaxTtlMs;
}
