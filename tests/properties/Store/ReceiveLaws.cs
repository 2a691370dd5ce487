using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Primitives;
using Kms.Core.Store;
using Kms.Properties.Fakes;

namespace Kms.Properties.Store;

public sealed class ReceiveLaws
{
    private readonly TestStore _writer = new(node: 1);
    private readonly TestStore _reader;

    public ReceiveLaws() => _reader = new TestStore(_writer.Clock, node: 2);

    [Fact]
    public void A_record_with_any_bit_of_its_seal_flipped_is_invalid()
    {
        _writer.Stored("key", "value", ttlMs: 1_000);
        var record = _writer.Record("key");
        for (int bit = 0; bit < record.Sealed.Length * 8; bit++)
        {
            var bytes = record.Sealed.ToArray();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            _reader.Store.Receive(record with { Sealed = bytes }, 99).ShouldBe(ReceiveVerdict.Invalid);
        }

        _reader.Store.Stats().LiveRecords.ShouldBe(0);
    }

    [Fact]
    public void A_record_with_any_other_field_is_invalid()
    {
        _writer.Sealer.Epochs.Add(2);
        _reader.Sealer.Epochs.Add(2);
        _writer.Stored("key", "first");
        _writer.Stored("key", "", ttlMs: 1_000);
        var record = _writer.Record("key");
        var id = record.Id;
        StoredRecord[] forgeries =
        [
            record with { App = TestStore.Other },
            record with { Key = "kez" },
            record with { Id = id with { TimestampMs = id.TimestampMs + 1 } },
            record with { Id = id with { Incarnation = id.Incarnation + 1 } },
            record with { Id = id with { Counter = id.Counter + 1 } },
            record with { Parent = null },
            record with { Parent = record.Parent!.Value with { Counter = 0 } },
            record with { Tombstone = true },
            record with { ExpiryMs = null },
            record with { ExpiryMs = record.ExpiryMs + 1 },
            record with { Epoch = Epoch.From(2) },
        ];

        // The tombstone of an expiry to come would be sent back for later; once it is due, its seal does not open either.
        _writer.Clock.AdvanceMs(2_000);
        forgeries.ShouldAllBe(forgery => _reader.Store.Receive(forgery, 99) == ReceiveVerdict.Invalid);
        _reader.Store.Stats().InvalidReceived.ShouldBe(forgeries.Length);
        _reader.Store.Stats().Apps.ShouldBe(0);
    }

    [Fact]
    public void A_record_of_an_epoch_without_secret_is_to_be_sent_again()
    {
        _writer.Stored("k", "v");
        _reader.Sealer.Epochs.Clear();
        _reader.Store.Receive(_writer.Record("k"), 99).ShouldBe(ReceiveVerdict.Retry);

        _reader.Sealer.Epochs.Add(1);
        _reader.Store.Receive(_writer.Record("k"), 99).ShouldBe(ReceiveVerdict.Stored);
    }

    [Fact]
    public void A_timestamp_ahead_of_trusted_time_by_more_than_the_skew_is_to_be_sent_again()
    {
        _writer.SkewMs = Limits.MaxRecordSkewMs + 1;
        _writer.Stored("k", "v");
        _reader.Store.Receive(_writer.Record("k"), 99).ShouldBe(ReceiveVerdict.Retry);
        _reader.Stored("own", "v").UpdatedAtMs.ShouldBe(_reader.NowMs);

        _writer.Clock.AdvanceMs(1);
        _reader.Store.Receive(_writer.Record("k"), 99).ShouldBe(ReceiveVerdict.Stored);
        _reader.Stored("k", "later").Id.ShouldBeGreaterThan(_writer.Record("k").Id);
    }

    [Fact]
    public void A_record_outside_the_protocol_is_invalid_before_its_seal_is_tried()
    {
        _writer.Stored("k", "v");
        var record = _writer.Record("k");
        StoredRecord[] malformed =
        [
            record with { Key = "" },
            record with { Key = new string('k', Limits.MaxKeyBytes + 1) },
            record with { Sealed = new byte[27] },
            record with { Sealed = new byte[28 + Limits.MaxValueBytes + 1] },
            record with { Tombstone = true },
            record with { Parent = record.Id },
            record with { ExpiryMs = record.Id.TimestampMs + Limits.MaxTtlMs + 1 },
            record with { ExpiryMs = 0 },
            record with { Id = record.Id with { TimestampMs = -1 } },
            record with { Id = record.Id with { Incarnation = 0 } },
        ];
        _reader.Sealer.Epochs.Clear();

        malformed.ShouldAllBe(bad => _reader.Store.Receive(bad, 99) == ReceiveVerdict.Invalid);

        // At its limit each is as good as any record whose seal cannot be opened yet.
        StoredRecord[] largest =
        [
            record with { Key = new string('k', Limits.MaxKeyBytes) },
            record with { Sealed = new byte[StoredRecord.SealOverheadBytes + Limits.MaxValueBytes] },
            record with { ExpiryMs = record.Id.TimestampMs + Limits.MaxTtlMs },
        ];
        largest.ShouldAllBe(good => _reader.Store.Receive(good, 99) == ReceiveVerdict.Retry);
    }

    [Property(MaxTest = 100)]
    public void The_order_of_arrival_does_not_matter(int seed)
    {
        var random = new Random(seed);
        var writers = Enumerable.Range(1, 3).Select(i => new TestStore(_writer.Clock, node: i)).ToArray();
        var records = new List<StoredRecord>();
        for (int i = 0; i < 30; i++)
        {
            var writer = writers[random.Next(3)];
            string key = $"k{random.Next(4)}";
            _writer.Clock.AdvanceMs(random.Next(0, 5));
            _ = random.Next(4) == 0 ? (object)writer.Delete(key) : writer.Put(key, $"v{i}");
            records.AddRange(writer.All());
        }

        var readers = Enumerable.Range(10, 3).Select(i => new TestStore(_writer.Clock, node: i)).ToArray();
        foreach (var reader in readers)
        {
            foreach (var record in records.OrderBy(_ => random.Next()).Concat(records.Take(5)))
            {
                reader.Store.Receive(record, 99).ShouldBeOneOf(ReceiveVerdict.Stored, ReceiveVerdict.Superseded);
            }
        }

        readers.ShouldAllBe(reader => reader.Store.Digest() == readers[0].Store.Digest());
        readers.ShouldAllBe(reader => Enumerable.Range(0, 4).All(i => reader.Get($"k{i}", null) == readers[0].Get($"k{i}", null)));
    }

    [Fact]
    public void A_concurrent_loser_is_counted_once_wherever_it_loses_and_a_sequel_never()
    {
        _writer.Stored("k", "one");
        _reader.Clock.AdvanceMs(1);
        _reader.Stored("k", "two");
        var (older, newer) = (_writer.Record("k"), _reader.Record("k"));

        _reader.Store.Receive(older, 99).ShouldBe(ReceiveVerdict.Superseded);
        _reader.Store.Receive(older, 99).ShouldBe(ReceiveVerdict.Superseded);
        _writer.Store.Receive(newer, 99).ShouldBe(ReceiveVerdict.Stored);
        _reader.Store.Stats().Conflicts.ShouldBe(1);
        _writer.Store.Stats().Conflicts.ShouldBe(1);

        _writer.Stored("k", "three");
        _writer.Stored("k", "four");
        _reader.Store.Receive(_writer.Record("k"), 99).ShouldBe(ReceiveVerdict.Stored);
        _reader.Store.Stats().Conflicts.ShouldBe(1);
    }

    [Fact]
    public void A_reseal_under_a_higher_epoch_replaces_the_lower_and_is_passed_on()
    {
        _reader.Sealer.Epochs.Add(2);
        _writer.Stored("k", "v");
        var low = _writer.Record("k");
        var unsealed = low with { Epoch = Epoch.From(2) };
        _reader.Sealer.TrySeal(low.App, unsealed.Epoch, "v"u8, unsealed.AssociatedData(), out var again).ShouldBeTrue();
        var high = unsealed with { Sealed = again };

        _reader.Store.Receive(low, 99).ShouldBe(ReceiveVerdict.Stored);
        var digest = _reader.Store.Digest();
        ulong sequence = _reader.Store.Sequence;
        _reader.Store.Receive(high, 99).ShouldBe(ReceiveVerdict.Stored);
        _reader.Store.Receive(low, 99).ShouldBe(ReceiveVerdict.Superseded);

        _reader.Record("k").Epoch.ShouldBe(Epoch.From(2));
        _reader.Store.Sequence.ShouldBe(sequence + 1);
        _reader.Store.Digest().ShouldBe(digest);
    }
}
