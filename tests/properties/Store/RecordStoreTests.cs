using System.Text;
using Kms.Core;
using Kms.Core.Primitives;
using Kms.Core.Store;
using Kms.Properties.Fakes;

namespace Kms.Properties.Store;

public sealed class RecordStoreTests
{
    private readonly TestStore _node = new();

    [Fact]
    public void What_was_put_is_got_and_listed_until_it_is_deleted()
    {
        var stored = _node.Stored("b", "two");
        _node.Stored("a", "one");

        _node.Get("b").ShouldBe("two");
        _node.Store.List(TestStore.App, 10).ShouldSatisfyAllConditions(
            list => list.Keys.ShouldBe(["a", "b"]),
            list => list.Count.ShouldBe(2));
        stored.UpdatedAtMs.ShouldBe(TestStore.BaseMs);
        stored.Version.ShouldMatch("^[0-9a-f]{64}$");
        ((GetResult.Found)_node.Store.Get(TestStore.App, "b")).Version.ShouldBe(stored.Version);

        _node.Delete("b").ShouldSatisfyAllConditions(
            deleted => deleted.Existed.ShouldBeTrue(),
            deleted => (deleted.Id > stored.Id).ShouldBeTrue());
        _node.Get("b").ShouldBeNull();
        _node.Store.List(TestStore.App, 1).Keys.ShouldBe(["a"]);
    }

    [Fact]
    public void Keys_sort_by_code_unit_and_a_list_stops_at_its_limit()
    {
        foreach (string key in new[] { "b", "B", "ä", "a", "Z" })
        {
            _node.Stored(key, "v");
        }

        _node.Store.List(TestStore.App, 3).ShouldSatisfyAllConditions(
            list => list.Keys.ShouldBe(["B", "Z", "a"]),
            list => list.Count.ShouldBe(5));
    }

    [Fact]
    public void Apps_do_not_see_each_other()
    {
        _node.Stored("k", "mine");

        _node.Get("k", TestStore.Other).ShouldBeNull();
        _node.Store.List(TestStore.Other, 10).Count.ShouldBe(0);
        _node.Store.Delete(TestStore.Other, TestStore.One, "k").ShouldBe(new DeleteResult.Deleted(false, null));
        _node.Get("k").ShouldBe("mine");
    }

    [Fact]
    public void If_version_admits_only_the_version_that_is_held()
    {
        _node.Put("k", "v", ifVersion: "00").ShouldBe(new PutResult.Conflict("none"));
        var first = _node.Stored("k", "1", ifVersion: "none");
        _node.Put("k", "x", ifVersion: "none").ShouldBe(new PutResult.Conflict(first.Version));
        var second = _node.Stored("k", "2", ifVersion: first.Version);
        _node.Put("k", "x", ifVersion: first.Version).ShouldBe(new PutResult.Conflict(second.Version));
        _node.Delete("k");

        _node.Put("k", "x", ifVersion: second.Version).ShouldBe(new PutResult.Conflict("none"));
        _node.Get("k").ShouldBeNull();
    }

    [Fact]
    public void A_refused_put_changes_nothing()
    {
        _node.Stored("k", "1");
        var before = (_node.Store.Digest(), _node.Store.Stats());

        _node.Put("k", "x", ifVersion: "none").ShouldBeOfType<PutResult.Conflict>();
        _node.Store.Delete(TestStore.App, TestStore.One, "absent").ShouldBe(new DeleteResult.Deleted(false, null));
        _node.Sealer.Epochs.Clear();
        _node.Put("k", "x").ShouldBeOfType<PutResult.EpochUnavailable>();
        _node.Store.Delete(TestStore.App, TestStore.One, "k").ShouldBeOfType<DeleteResult.EpochUnavailable>();

        (_node.Store.Digest(), _node.Store.Stats()).ShouldBe(before);
    }

    [Fact]
    public void A_record_of_an_epoch_without_secret_is_unavailable_and_not_missing()
    {
        _node.Stored("k", "v");
        _node.Sealer.Epochs.Clear();

        _node.Store.Get(TestStore.App, "k").ShouldBeOfType<GetResult.EpochUnavailable>();
    }

    [Fact]
    public void No_plaintext_is_in_anything_that_replication_reads()
    {
        byte[] canary = Encoding.UTF8.GetBytes("canary-canary-canary");
        _node.Store.Put(TestStore.App, TestStore.One, "k", canary, null, null);

        var record = _node.Record("k");

        record.Sealed.Span.IndexOf(canary).ShouldBe(-1);
        record.ToString().ShouldNotContain("canary");
        new GetResult.Found(canary, "v", 1).ToString().ShouldNotContain("99");
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(Limits.MaxKeyBytes, true)]
    [InlineData(Limits.MaxKeyBytes + 1, false)]
    [InlineData(0, false)]
    public void Keys_are_measured_in_bytes(int bytes, bool valid) => StoreKey.IsValid(new string('k', bytes)).ShouldBe(valid);

    [Fact]
    public void Keys_are_well_formed_text_and_their_limit_is_bytes()
    {
        StoreKey.IsValid(new string('é', Limits.MaxKeyBytes / 2)).ShouldBeTrue();
        StoreKey.IsValid(new string('é', (Limits.MaxKeyBytes / 2) + 1)).ShouldBeFalse();
        StoreKey.IsValid("\ud800").ShouldBeFalse();
        StoreKey.IsValid(null).ShouldBeFalse();
        Should.Throw<InvariantException>(() => _node.Put("\ud800", "v"));
    }

    [Fact]
    public void The_log_holds_each_key_once_however_often_it_was_written()
    {
        for (int i = 0; i < 1_000; i++)
        {
            _node.Stored($"k{i % 10}", $"v{i}");
        }

        var log = _node.Store.ReadLog(0, int.MaxValue, long.MaxValue);

        log.Items.Count.ShouldBe(10);
        log.Items.Select(item => item.Sequence).ShouldBe(Enumerable.Range(991, 10).Select(i => (ulong)i));
        _node.Store.Stats().Bytes.ShouldBe(10 * (Limits.RecordOverheadBytes + 2 + 4 + 28));
    }

    [Fact]
    public void A_page_stops_at_its_count_and_at_its_bytes_and_holds_at_least_one_record()
    {
        for (int i = 0; i < 5; i++)
        {
            _node.Stored($"k{i}", "0123456789");
        }

        long each = 160 + 2 + 10 + 28;
        _node.Store.ReadLog(0, 5, each * 5).Items.Count.ShouldBe(5);
        _node.Store.ReadLog(0, 4, each * 5).Items.Count.ShouldBe(4);
        _node.Store.ReadLog(0, 5, (each * 3) - 1).Items.Count.ShouldBe(2);
        _node.Store.ReadLog(0, 5, 1).Items.Count.ShouldBe(1);
        var page = _node.Store.ReadPage(null, 2, long.MaxValue);
        page.Next.ShouldBe(new RecordName(TestStore.App, "k1"));
        _node.Store.ReadPage(page.Next, 3, long.MaxValue).ShouldSatisfyAllConditions(
            rest => rest.Records.Select(record => record.Key).ShouldBe(["k2", "k3", "k4"]),
            rest => rest.Next.ShouldBeNull());
    }

    [Fact]
    public void Only_the_last_writes_can_be_waited_for()
    {
        var first = _node.Stored("a", "1");
        for (int i = 1; i < Limits.MaxRecentWrites; i++)
        {
            _node.Stored("b", "1");
        }

        _node.Store.NameOf(first.Id).ShouldBe(new RecordName(TestStore.App, "a"));
        _node.Stored("b", "1");
        _node.Store.NameOf(first.Id).ShouldBeNull();
    }
}
