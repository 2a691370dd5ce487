using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Store;
using Kms.Properties.Fakes;

namespace Kms.Properties.Store;

public sealed class ExpiryAndTombstoneLaws
{
    private static readonly HashSet<RecordName> None = [];

    [Fact]
    public void A_record_lives_to_the_last_millisecond_of_its_lifetime()
    {
        var node = new TestStore();
        node.Stored("k", "v", ttlMs: 100);

        node.Clock.AdvanceMs(99);
        node.Get("k").ShouldBe("v");
        node.Clock.AdvanceMs(1);
        node.Get("k").ShouldBeNull();
        node.Store.List(TestStore.App, 10).Count.ShouldBe(0);
        node.Stored("k", "again", ifVersion: "none");
    }

    [Property(MaxTest = 100)]
    public void Expiry_makes_the_same_tombstone_everywhere_under_the_same_write_id(int seed)
    {
        var random = new Random(seed);
        var one = new TestStore(node: 1);
        var two = new TestStore(one.Clock, node: 2);
        var stored = one.Stored("k", "v", ttlMs: random.Next(1, 1_000));
        bool before = random.Next(2) == 0;
        if (before)
        {
            two.Store.Receive(one.Record("k"), one.Store.Incarnation).ShouldBe(ReceiveVerdict.Stored);
        }

        one.Clock.AdvanceMs(1_000);
        one.Store.Expire();
        two.Store.Expire();
        if (!before)
        {
            two.Store.Receive(one.Record("k"), one.Store.Incarnation).ShouldBe(ReceiveVerdict.Stored);
        }

        one.Record("k").ShouldSatisfyAllConditions(
            tombstone => tombstone.Tombstone.ShouldBeTrue(),
            tombstone => tombstone.Id.ShouldBe(stored.Id),
            tombstone => tombstone.PlaintextBytes.ShouldBe(0));
        one.Store.Digest().ShouldBe(two.Store.Digest());
        ulong sequence = two.Store.Sequence;
        two.Store.Receive(one.Record("k"), one.Store.Incarnation).ShouldBe(ReceiveVerdict.Stored);
        one.Store.Receive(two.Record("k"), two.Store.Incarnation).ShouldBe(ReceiveVerdict.Stored);
        two.Store.Sequence.ShouldBe(sequence);
        one.Record("k").Sealed.ToArray().ShouldBe(two.Record("k").Sealed.ToArray());
    }

    [Fact]
    public void A_live_copy_does_not_undo_its_own_expiry()
    {
        var node = new TestStore();
        node.Stored("k", "v", ttlMs: 10);
        var live = node.Record("k");
        node.Clock.AdvanceMs(10);
        node.Store.Expire();

        node.Store.Receive(live, 99).ShouldBe(ReceiveVerdict.Superseded);
        node.Get("k").ShouldBeNull();
    }

    [Fact]
    public void An_expiry_whose_epoch_has_no_secret_reads_as_gone_and_is_sealed_later()
    {
        var node = new TestStore();
        node.Stored("k", "v", ttlMs: 10);
        node.Sealer.Epochs.Clear();
        node.Clock.AdvanceMs(10);

        node.Store.Expire();
        node.Store.Get(TestStore.App, "k").ShouldBeOfType<GetResult.NotFound>();
        node.Store.List(TestStore.App, 10).Count.ShouldBe(0);
        node.Record("k").Tombstone.ShouldBeFalse();

        node.Sealer.Epochs.Add(1);
        node.Store.Expire();
        node.Record("k").Tombstone.ShouldBeTrue();
    }

    [Fact]
    public void A_tombstone_is_kept_to_the_end_of_its_retention()
    {
        var node = new TestStore();
        node.Stored("k", "v");
        node.Delete("k");

        node.Clock.AdvanceMs(Limits.TombstoneRetentionMs - 1);
        node.Store.CollectTombstones(ulong.MaxValue, None).ShouldBe(0);
        node.Clock.AdvanceMs(1);
        node.Store.CollectTombstones(ulong.MaxValue, None).ShouldBe(1);
        node.Store.Stats().ShouldSatisfyAllConditions(
            figures => figures.Apps.ShouldBe(0),
            figures => figures.Tombstones.ShouldBe(0),
            figures => figures.Bytes.ShouldBe(0));
    }

    [Fact]
    public void The_retention_of_an_expired_record_begins_at_its_expiry()
    {
        var node = new TestStore();
        node.Stored("k", "v", ttlMs: Limits.TombstoneRetentionMs);
        node.Clock.AdvanceMs(Limits.TombstoneRetentionMs);
        node.Store.Expire();

        node.Store.CollectTombstones(ulong.MaxValue, None).ShouldBe(0);
        node.Clock.AdvanceMs(Limits.TombstoneRetentionMs);
        node.Store.CollectTombstones(ulong.MaxValue, None).ShouldBe(1);
    }

    [Fact]
    public void A_tombstone_waits_for_members_that_do_not_hold_it()
    {
        var node = new TestStore();
        node.Stored("k", "v");
        node.Delete("k");
        ulong sequence = node.Store.Sequence;
        node.Clock.AdvanceMs(10 * Limits.TombstoneRetentionMs);

        node.Store.CollectTombstones(sequence - 1, None).ShouldBe(0);
        node.Store.CollectTombstones(sequence, new HashSet<RecordName> { new(TestStore.App, "k") }).ShouldBe(0);
        node.Store.CollectTombstones(sequence, None).ShouldBe(1);
    }

    [Fact]
    public void A_tombstone_past_its_retention_is_not_taken_in_again_unless_it_deletes_something()
    {
        var one = new TestStore(node: 1);
        var two = new TestStore(one.Clock, node: 2);
        one.Stored("k", "v");
        var live = one.Record("k");
        one.Delete("k");
        one.Clock.AdvanceMs(Limits.TombstoneRetentionMs);

        two.Store.Receive(one.Record("k"), 99).ShouldBe(ReceiveVerdict.Superseded);
        two.Store.Stats().Tombstones.ShouldBe(0);
        two.Store.Receive(live, 99).ShouldBe(ReceiveVerdict.Stored);
        two.Store.Receive(one.Record("k"), 99).ShouldBe(ReceiveVerdict.Stored);
        two.Get("k").ShouldBeNull();
    }
}
