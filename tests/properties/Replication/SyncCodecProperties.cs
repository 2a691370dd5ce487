using System.Formats.Cbor;
using System.Text;
using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Primitives;
using Kms.Core.Replication;
using Kms.Core.Store;

namespace Kms.Properties.Replication;

public sealed class SyncCodecProperties
{
    [Property(MaxTest = 500)]
    public void What_is_encoded_decodes_to_the_same_message(int seed)
    {
        var message = Any(new Random(seed));
        byte[] bytes = SyncCodec.Encode(message);

        SyncCodec.TryDecode(bytes, out var decoded).ShouldBeTrue();
        decoded.ShouldBeOfType(message.GetType());
        SyncCodec.Encode(decoded!).ShouldBe(bytes);
        Show(decoded).ShouldBe(Show(message));
    }

    [Property(MaxTest = 100)]
    public void Whatever_decodes_encodes_to_the_same_bytes_so_no_message_has_two_forms(int seed)
    {
        var random = new Random(seed);
        byte[] bytes = SyncCodec.Encode(Any(random));
        for (int i = 0; i < 100; i++)
        {
            var mutated = bytes.ToArray();
            for (int flips = random.Next(1, 3); flips > 0; flips--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            if (SyncCodec.TryDecode(mutated, out var decoded))
            {
                SyncCodec.Encode(decoded!).ShouldBe(mutated);
            }
        }
    }

    [Property(MaxTest = 60)]
    public void A_truncated_or_extended_message_is_refused(int seed)
    {
        byte[] bytes = SyncCodec.Encode(Any(new Random(seed)));
        for (int length = bytes.Length - 1; length >= 0; length -= 1 + (length / 50))
        {
            SyncCodec.TryDecode(bytes.AsMemory(0, length), out _).ShouldBeFalse();
        }

        foreach (byte trailing in new byte[] { 0x00, 0xa0, 0xf6, 0xff })
        {
            SyncCodec.TryDecode((byte[])[.. bytes, trailing], out _).ShouldBeFalse();
        }
    }

    [Property(MaxTest = 300)]
    public void Noise_is_refused_or_means_exactly_what_it_says(byte[] noise)
    {
        if (SyncCodec.TryDecode(noise, out var decoded))
        {
            SyncCodec.Encode(decoded!).ShouldBe(noise);
        }
    }

    public static TheoryData<string, string> Malformed => new()
    {
        { "another kind", "a1000f" },
        { "no kind", "a0" },
        { "not a map", "80" },
        { "a duplicate key", "a300080101" + "0101" },
        { "keys out of order", "a201010008" },
        { "an unknown field", "a200080901" },
        { "a longer form of a number", "a2000818" + "01" },
        { "a number in nine bytes", "a20008011b0000000000000001" },
        { "an indefinite map", "bf0008ff" },
        { "app zero", "a200080100" },
        { "a negative app", "a200080120" },
        { "a text where a number belongs", "a20008016131" },
        { "a tag", "c1a10008" },
        { "a float kind", "a100f94400" },
        { "a bucket too high", "a3000c0101" + "02190100" },
        { "too few buckets", "a2000b0180" },
        { "an unknown refusal", "a2000e0104" },
        { "a key that is not UTF-8", "a300070101" + "028161ff" },
        { "a surrogate in UTF-8", "a300070101" + "028163eda080" },
        { "an overlong encoding", "a300070101" + "028162c080" },
        { "an empty key", "a300070101" + "028160" },
        { "an indefinite list of keys", "a300070101" + "029f6161ff" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Malformed_messages_are_refused(string what, string hex)
    {
        SyncCodec.TryDecode(Convert.FromHexString(hex), out _).ShouldBeFalse(what);
    }

    [Fact]
    public void The_shortest_well_formed_messages_are_read()
    {
        SyncCodec.TryDecode(Convert.FromHexString("a10008"), out var all).ShouldBeTrue();
        all.ShouldBe(new SyncMessage.DigestApps(null));
        SyncCodec.TryDecode(Convert.FromHexString("a200080101"), out var after).ShouldBeTrue();
        after.ShouldBe(new SyncMessage.DigestApps(AppId.From(1)));
    }

    [Fact]
    public void Every_count_is_admitted_at_its_limit_and_refused_beyond()
    {
        var random = new Random(1);
        var record = Record(random) with { Sealed = new byte[28], Tombstone = true };
        AtLimit(Limits.MaxBatchRecords, count => new SyncMessage.Delta(1, 2, 3, Enumerable.Repeat(record, count).ToArray()));
        AtLimit(Limits.MaxBatchRecords, count => new SyncMessage.SnapshotPage(1, 2, Enumerable.Repeat(record, count).ToArray(), null));
        AtLimit(Limits.MaxBatchRecords, count => new SyncMessage.DeltaAck(1, 2, new ReceiveVerdict[count]));
        AtLimit(Limits.MaxBatchRecords, count => new SyncMessage.Fetch(AppId.From(1), Enumerable.Repeat("k", count).ToArray()));
        AtLimit(Limits.MaxDigestApps, count => new SyncMessage.DigestAppsAnswer(Enumerable.Repeat(new AppSummary(AppId.From(1), default), count).ToArray(), true));
        AtLimit(Limits.MaxDigestLeaves, count => new SyncMessage.DigestLeavesAnswer(Enumerable.Repeat(new LeafSummary("k", record.Id, true), count).ToArray(), true));
        AtLimit(RecordDigest.Buckets, count => new SyncMessage.DigestBucketsAnswer(new Bytes32[count]));
        AtLimit(Limits.MaxKeyBytes, bytes => new SyncMessage.Fetch(AppId.From(1), [new string('k', bytes)]));
        AtLimit(Limits.MaxValueBytes, bytes => new SyncMessage.Delta(1, 2, 3, [record with { Sealed = new byte[28 + bytes] }]));

        static void AtLimit(int limit, Func<int, SyncMessage> message)
        {
            SyncCodec.TryDecode(SyncCodec.Encode(message(limit)), out _).ShouldBeTrue();
            SyncCodec.TryDecode(SyncCodec.Encode(message(limit + 1)), out _).ShouldBeFalse();
        }
    }

    [Fact]
    public void Timestamps_and_seals_outside_the_protocol_are_refused()
    {
        var record = Record(new Random(2));
        SyncMessage[] refused =
        [
            Of(record with { Sealed = new byte[27] }),
            Of(record with { Id = record.Id with { TimestampMs = Limits.MaxTimestampMs + 1 } }),
            Of(record with { Id = record.Id with { TimestampMs = -1 } }),
            Of(record with { Id = record.Id with { Incarnation = 0 } }),
            Of(record with { ExpiryMs = Limits.MaxTimestampMs + 1 }),
        ];

        refused.Select(Decodes).ShouldAllBe(decodes => !decodes);
        Decodes(Of(record with { Id = record.Id with { TimestampMs = Limits.MaxTimestampMs } })).ShouldBeTrue();

        static SyncMessage.Delta Of(StoredRecord record) => new(1, 2, 3, [record]);
        static bool Decodes(SyncMessage message) => SyncCodec.TryDecode(SyncCodec.Encode(message), out _);
    }

    [Fact]
    public void A_full_batch_fits_a_message_and_a_message_fits_a_body()
    {
        // The largest record, and as many of the largest small ones as a batch holds.
        var big = Record(new Random(3)) with { Key = new string('k', Limits.MaxKeyBytes), Sealed = new byte[28 + Limits.MaxValueBytes], ExpiryMs = Limits.MaxTimestampMs, Parent = new WriteId(Limits.MaxTimestampMs, UInt128.MaxValue, ulong.MaxValue) };
        int length = SyncCodec.Encode(new SyncMessage.Delta(UInt128.MaxValue, UInt128.MaxValue, ulong.MaxValue, [big])).Length;
        long claimed = new LogItem(1, big, 0).WireBytes;

        ((long)length).ShouldBeLessThanOrEqualTo(claimed + 64);
        claimed.ShouldBeLessThan(Limits.MaxBatchBytes);
        Limits.MaxSyncMessageBytes.ShouldBeGreaterThanOrEqualTo(Limits.MaxBatchBytes + 64);
        Limits.MaxSyncBodyBytes.ShouldBeGreaterThan(Limits.MaxSyncMessageBytes + 64);
        (Limits.TombstoneRetentionMs / 2).ShouldBeGreaterThan(Limits.TombstoneReachMarginMs);
        ((long)Limits.PeerTimeoutMs).ShouldBeLessThan(Limits.TombstoneReachMarginMs);
    }

    [Fact]
    public void A_message_longer_than_its_limit_is_refused_before_it_is_read()
    {
        var writer = new CborWriter();
        writer.WriteByteString(new byte[Limits.MaxSyncMessageBytes]);

        SyncCodec.TryDecode(writer.Encode(), out _).ShouldBeFalse();
    }

    private static SyncMessage Any(Random random) => random.Next(14) switch
    {
        0 => new SyncMessage.Hello(Incarnation(random), (ReplicaState)random.Next(4), Incarnation(random) - 1, Hash(random), random.Next(2) == 0 ? null : new HeldClaim(Incarnation(random), Number(random))),
        1 => new SyncMessage.HelloAnswer(Incarnation(random), (ReplicaState)random.Next(4), Incarnation(random), Hash(random), random.Next(2) == 0 ? null : Ack(random)),
        2 => new SyncMessage.Delta(Incarnation(random), Incarnation(random), Number(random), Many(random, Record)),
        3 => Ack(random),
        4 => new SyncMessage.SnapshotRequest(Incarnation(random), random.Next(2) == 0 ? null : Name(random)),
        5 => new SyncMessage.SnapshotPage(Incarnation(random), Number(random), Many(random, Record), random.Next(2) == 0 ? null : Name(random)),
        6 => new SyncMessage.Fetch(App(random), Many(random, Key)),
        7 => new SyncMessage.DigestApps(random.Next(2) == 0 ? null : App(random)),
        8 => new SyncMessage.DigestAppsAnswer(Many(random, r => new AppSummary(App(r), Hash(r))), random.Next(2) == 0),
        9 => new SyncMessage.DigestBuckets(App(random)),
        10 => new SyncMessage.DigestBucketsAnswer(Enumerable.Range(0, 256).Select(_ => Hash(random)).ToArray()),
        11 => new SyncMessage.DigestLeaves(App(random), random.Next(256), random.Next(2) == 0 ? null : Hash(random)),
        12 => new SyncMessage.DigestLeavesAnswer(Many(random, r => new LeafSummary(Key(r), Id(r), r.Next(2) == 0)), random.Next(2) == 0),
        _ => new SyncMessage.Refused((SyncRefusal)random.Next(4)),
    };

    private static SyncMessage.DeltaAck Ack(Random random) => new(Incarnation(random), Number(random), Many(random, r => (ReceiveVerdict)r.Next(4)));

    private static StoredRecord Record(Random random)
    {
        var value = new byte[28 + random.Next(60)];
        random.NextBytes(value);
        return new StoredRecord(App(random), Key(random), value, Id(random), random.Next(2) == 0 ? null : Id(random), random.Next(2) == 0, random.Next(2) == 0 ? null : random.NextInt64(Limits.MaxTimestampMs), Epoch.From(1 + Number(random) / 2));
    }

    private static T[] Many<T>(Random random, Func<Random, T> one) => Enumerable.Range(0, random.Next(4)).Select(_ => one(random)).ToArray();

    private static UInt128 Incarnation(Random random) => new UInt128(Number(random), Number(random)) | 1;

    private static ulong Number(Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);

    private static AppId App(Random random) => AppId.From(1 + Number(random) / 2);

    private static WriteId Id(Random random) => new(random.NextInt64(Limits.MaxTimestampMs), Incarnation(random), Number(random));

    private static RecordName Name(Random random) => new(App(random), Key(random));

    private static string Key(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => new Rune(random.Next(2) == 0 ? random.Next(1, 0xd800) : random.Next(0xe000, 0x110000)).ToString()));

    private static Bytes32 Hash(Random random)
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        return Bytes32.From(bytes);
    }

    // Every field of a message, down to the bytes: records compare their lists and memory by reference.
    private static string Show(object? value) => value switch
    {
        null => "none",
        string text => text,
        ReadOnlyMemory<byte> bytes => Convert.ToHexString(bytes.Span),
        System.Collections.IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Show))}]",
        SyncMessage or StoredRecord or AppSummary or LeafSummary or HeldClaim =>
            string.Join("; ", value.GetType().GetProperties().Select(property => $"{property.Name}={Show(property.GetValue(value))}")),
        _ => value.ToString()!,
    };
}
