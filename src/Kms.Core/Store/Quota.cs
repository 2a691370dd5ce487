namespace Kms.Core.Store;

/// <summary>
/// Who is admitted. Asked before a put and never before a merge: what was accepted anywhere is kept everywhere, so an app can
/// overshoot by (nodes − 1) × quota while a partition lasts. Deletes are not asked about at all.
/// </summary>
internal static class Quota
{
    /// <summary>Null when the put is admitted.</summary>
    /// <param name="space">The app's records; null when it has none.</param>
    /// <param name="held">What the key holds now, live or tombstone.</param>
    public static PutResult? Refuse(StoreOptions options, long storeBytes, AppNamespace? space, Entry? held, int keyBytes, int valueBytes)
    {
        long quota = (space?.QuotaBytes ?? 0) - (held?.QuotaBytes ?? 0) + keyBytes + valueBytes;
        if (quota > options.AppQuotaBytes)
        {
            return new PutResult.QuotaExceeded();
        }

        if (held is null && space is not null && space.Entries >= options.MaxRecordsPerApp)
        {
            return space.LiveRecords >= options.MaxRecordsPerApp ? new PutResult.QuotaExceeded() : new PutResult.TombstonesFull();
        }

        long growth = Limits.RecordOverheadBytes + keyBytes + valueBytes + StoredRecord.SealOverheadBytes - (held?.CostBytes ?? 0);
        return growth > 0 && storeBytes + growth > options.StoreLimitBytes ? new PutResult.StoreFull() : null;
    }
}
