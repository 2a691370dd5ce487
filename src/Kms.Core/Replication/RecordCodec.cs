using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>A record on the wire: {1: app, 2: key, 3: id, 4: parent?, 5: tombstone, 6: expiry ms?, 7: epoch, 8: sealed value}.</summary>
internal static class RecordCodec
{
    public static void Write(SyncWriter writer, StoredRecord record)
    {
        writer.Map(6 + (record.Parent is null ? 0 : 1) + (record.ExpiryMs is null ? 0 : 1));
        writer.Key(1).Number(record.App.Value).Key(2).Text(record.Key).Key(3).Id(record.Id);
        if (record.Parent is { } parent)
        {
            writer.Key(4).Id(parent);
        }

        writer.Key(5).Flag(record.Tombstone);
        if (record.ExpiryMs is { } expiryMs)
        {
            writer.Key(6).Number((ulong)expiryMs);
        }

        writer.Key(7).Number(record.Epoch.Value).Key(8).Bytes(record.Sealed.Span).End();
    }

    public static StoredRecord Read(SyncReader reader) => reader.Map(map =>
    {
        var app = map.Field(1, r => r.App());
        string key = map.Field(2, r => r.RecordKey());
        var id = map.Field(3, r => r.Id());
        var parent = map.Optional(4, r => r.Id());
        bool tombstone = map.Field(5, r => r.Flag());
        long? expiryMs = map.Optional(6, r => r.Milliseconds());
        var epoch = map.Field(7, r => r.Epoch());
        var sealedValue = map.Field(8, r => r.Bytes(StoredRecord.SealOverheadBytes, StoredRecord.SealOverheadBytes + Limits.MaxValueBytes));
        return new StoredRecord(app, key, sealedValue, id, parent, tombstone, expiryMs, epoch);
    });
}
