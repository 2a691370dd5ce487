using System.Formats.Cbor;
using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>
/// Sync messages as canonical CBOR: a map whose key 0 names the kind. One message has one encoding, and whatever decodes
/// encodes to the same bytes again.
/// </summary>
internal static class SyncCodec
{
    public static byte[] Encode(SyncMessage message)
    {
        var writer = new SyncWriter();
        switch (message)
        {
            case SyncMessage.Hello hello:
                writer.Map(hello.Held is null ? 5 : 6).Key(0).Number(1)
                    .Key(1).Incarnation(hello.Incarnation).Key(2).Number((ulong)hello.State).Key(3).Incarnation(hello.Lineage).Key(4).Hash(hello.Root);
                if (hello.Held is { } held)
                {
                    writer.Key(5).Map(2).Key(1).Incarnation(held.Incarnation).Key(2).Number(held.Sequence).End();
                }

                break;
            case SyncMessage.HelloAnswer answer:
                writer.Map(answer.Last is null ? 5 : 6).Key(0).Number(2)
                    .Key(1).Incarnation(answer.Incarnation).Key(2).Number((ulong)answer.State).Key(3).Incarnation(answer.Lineage).Key(4).Hash(answer.Root);
                if (answer.Last is { } last)
                {
                    writer.Key(5).Map(3);
                    WriteAck(writer, last).End();
                }

                break;
            case SyncMessage.Delta delta:
                writer.Map(5).Key(0).Number(3).Key(1).Incarnation(delta.Incarnation).Key(2).Incarnation(delta.Target)
                    .Key(3).Number(delta.Batch).Key(4).List(delta.Records, RecordCodec.Write);
                break;
            case SyncMessage.DeltaAck ack:
                WriteAck(writer.Map(4).Key(0).Number(4), ack);
                break;
            case SyncMessage.SnapshotRequest request:
                writer.Map(request.After is null ? 2 : 3).Key(0).Number(5).Key(1).Incarnation(request.Target);
                WriteOptional(writer, 2, request.After);
                break;
            case SyncMessage.SnapshotPage page:
                writer.Map(page.Next is null ? 4 : 5).Key(0).Number(6).Key(1).Incarnation(page.Incarnation)
                    .Key(2).Number(page.Sequence).Key(3).List(page.Records, RecordCodec.Write);
                WriteOptional(writer, 4, page.Next);
                break;
            case SyncMessage.Fetch fetch:
                writer.Map(3).Key(0).Number(7).Key(1).Number(fetch.App.Value).Key(2).List(fetch.Keys, (w, key) => w.Text(key));
                break;
            case SyncMessage.DigestApps apps:
                writer.Map(apps.After is null ? 1 : 2).Key(0).Number(8);
                if (apps.After is { } after)
                {
                    writer.Key(1).Number(after.Value);
                }

                break;
            case SyncMessage.DigestAppsAnswer apps:
                writer.Map(3).Key(0).Number(9).Key(1).List(apps.Apps, WriteApp).Key(2).Flag(apps.More);
                break;
            case SyncMessage.DigestBuckets buckets:
                writer.Map(2).Key(0).Number(10).Key(1).Number(buckets.App.Value);
                break;
            case SyncMessage.DigestBucketsAnswer buckets:
                writer.Map(2).Key(0).Number(11).Key(1).List(buckets.Buckets, (w, hash) => w.Hash(hash));
                break;
            case SyncMessage.DigestLeaves leaves:
                writer.Map(leaves.After is null ? 3 : 4).Key(0).Number(12).Key(1).Number(leaves.App.Value).Key(2).Number((ulong)leaves.Bucket);
                if (leaves.After is { } leaf)
                {
                    writer.Key(3).Hash(leaf);
                }

                break;
            case SyncMessage.DigestLeavesAnswer leaves:
                writer.Map(3).Key(0).Number(13).Key(1).List(leaves.Leaves, WriteLeaf).Key(2).Flag(leaves.More);
                break;
            case SyncMessage.Refused refused:
                writer.Map(2).Key(0).Number(14).Key(1).Number((ulong)refused.Reason);
                break;
            default:
                throw new InvariantException(message.GetType().Name);
        }

        return writer.End().Finish();
    }

    /// <summary>False for anything that is not exactly one message within all limits.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, out SyncMessage? message)
    {
        message = null;
        if (bytes.Length > Limits.MaxSyncMessageBytes)
        {
            return false;
        }

        try
        {
            var reader = new SyncReader(bytes);
            var decoded = reader.Map(Read);
            reader.Finish();
            message = decoded;
            return true;
        }
        catch (Exception refused) when (refused is CborContentException or InvalidOperationException or OverflowException)
        {
            // What CborReader throws for malformed content, for another type than asked for, and for numbers out of range.
            return false;
        }
    }

    private static SyncMessage Read(SyncReader map) => map.Field(0, r => r.Number(max: 14)) switch
    {
        1 => new SyncMessage.Hello(map.Field(1, r => r.Incarnation()), map.Field(2, ReadState), map.Field(3, r => r.Lineage()), map.Field(4, r => r.Hash()), map.Optional(5, ReadHeld)),
        2 => new SyncMessage.HelloAnswer(map.Field(1, r => r.Incarnation()), map.Field(2, ReadState), map.Field(3, r => r.Lineage()), map.Field(4, r => r.Hash()), map.OptionalOf(5, r => r.Map(ReadAck))),
        3 => new SyncMessage.Delta(map.Field(1, r => r.Incarnation()), map.Field(2, r => r.Incarnation()), map.Field(3, r => r.Number()), map.Field(4, ReadRecords)),
        4 => ReadAck(map),
        5 => new SyncMessage.SnapshotRequest(map.Field(1, r => r.Incarnation()), map.Optional(2, r => r.Name())),
        6 => new SyncMessage.SnapshotPage(map.Field(1, r => r.Incarnation()), map.Field(2, r => r.Number()), map.Field(3, ReadRecords), map.Optional(4, r => r.Name())),
        7 => new SyncMessage.Fetch(map.Field(1, r => r.App()), map.Field(2, r => r.List(Limits.MaxBatchRecords, k => k.RecordKey()))),
        8 => new SyncMessage.DigestApps(map.Optional(1, r => r.App())),
        9 => new SyncMessage.DigestAppsAnswer(map.Field(1, r => r.List(Limits.MaxDigestApps, ReadApp)), map.Field(2, r => r.Flag())),
        10 => new SyncMessage.DigestBuckets(map.Field(1, r => r.App())),
        11 => new SyncMessage.DigestBucketsAnswer(map.Field(1, ReadBuckets)),
        12 => new SyncMessage.DigestLeaves(map.Field(1, r => r.App()), map.Field(2, r => r.Number(max: RecordDigest.Buckets - 1)), map.Optional(3, r => r.Hash())),
        13 => new SyncMessage.DigestLeavesAnswer(map.Field(1, r => r.List(Limits.MaxDigestLeaves, ReadLeaf)), map.Field(2, r => r.Flag())),
        14 => new SyncMessage.Refused((SyncRefusal)map.Field(1, r => r.Number(max: (int)SyncRefusal.TooManyPeers))),
        _ => throw new CborContentException("unknown kind"),
    };

    private static SyncWriter WriteAck(SyncWriter writer, SyncMessage.DeltaAck ack) =>
        writer.Key(1).Incarnation(ack.Incarnation).Key(2).Number(ack.Batch).Key(3).Bytes(ack.Verdicts.Select(verdict => (byte)verdict).ToArray());

    private static SyncMessage.DeltaAck ReadAck(SyncReader map) =>
        new(map.Field(1, r => r.Incarnation()), map.Field(2, r => r.Number()), map.Field(3, ReadVerdicts));

    private static ReceiveVerdict[] ReadVerdicts(SyncReader reader)
    {
        var bytes = reader.Bytes(0, Limits.MaxBatchRecords);
        SyncReader.Demand(bytes.All(verdict => verdict <= (byte)ReceiveVerdict.Invalid));
        return bytes.Select(verdict => (ReceiveVerdict)verdict).ToArray();
    }

    private static HeldClaim ReadHeld(SyncReader reader) =>
        reader.Map(map => new HeldClaim(map.Field(1, r => r.Incarnation()), map.Field(2, r => r.Number())));

    private static ReplicaState ReadState(SyncReader reader) => (ReplicaState)reader.Number(max: (int)ReplicaState.Returning);

    private static IReadOnlyList<StoredRecord> ReadRecords(SyncReader reader) => reader.List(Limits.MaxBatchRecords, RecordCodec.Read);

    private static IReadOnlyList<Bytes32> ReadBuckets(SyncReader reader)
    {
        var buckets = reader.List(RecordDigest.Buckets, r => r.Hash());
        SyncReader.Demand(buckets.Count == RecordDigest.Buckets);
        return buckets;
    }

    private static void WriteApp(SyncWriter writer, AppSummary app) =>
        writer.Map(2).Key(1).Number(app.App.Value).Key(2).Hash(app.Root).End();

    private static AppSummary ReadApp(SyncReader reader) =>
        reader.Map(map => new AppSummary(map.Field(1, r => r.App()), map.Field(2, r => r.Hash())));

    private static void WriteLeaf(SyncWriter writer, LeafSummary leaf) =>
        writer.Map(3).Key(1).Text(leaf.Key).Key(2).Id(leaf.Id).Key(3).Flag(leaf.Tombstone).End();

    private static LeafSummary ReadLeaf(SyncReader reader) =>
        reader.Map(map => new LeafSummary(map.Field(1, r => r.RecordKey()), map.Field(2, r => r.Id()), map.Field(3, r => r.Flag())));

    private static void WriteOptional(SyncWriter writer, int key, RecordName? name)
    {
        if (name is { } present)
        {
            writer.Key(key).Name(present);
        }
    }
}
