using System.Text;
using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Primitives;
using Kms.Core.Store;
using Kms.Properties.Fakes;

namespace Kms.Properties.Store;

public sealed class QuotaModel
{
    private const int Quota = 60;
    private const int MaxRecords = 6;

    [Property(MaxTest = 60)]
    public void The_store_admits_what_a_plain_dictionary_under_quota_would(int seed)
    {
        var random = new Random(seed);
        var clock = new ManualClock();
        var node = new TestStore(clock, with: options => options with { AppQuotaBytes = Quota, MaxRecordsPerApp = MaxRecords });
        var live = new SortedDictionary<string, (string Value, long? ExpiryMs)>(StringComparer.Ordinal);
        var dead = new HashSet<string>();
        for (int step = 0; step < 80; step++)
        {
            clock.AdvanceMs(random.Next(0, 40));
            foreach (string gone in live.Where(pair => pair.Value.ExpiryMs <= node.NowMs).Select(pair => pair.Key).ToList())
            {
                live.Remove(gone);
                dead.Add(gone);
            }

            string key = $"k{random.Next(9)}";
            if (random.Next(4) == 0)
            {
                bool existed = live.Remove(key);
                node.Delete(key).Existed.ShouldBe(existed);
                _ = existed && dead.Add(key);
            }
            else
            {
                string value = new('v', random.Next(0, 30));
                long? ttl = random.Next(3) == 0 ? random.Next(1, 100) : null;
                int used = live.Where(pair => pair.Key != key).Sum(pair => pair.Key.Length + pair.Value.Value.Length);
                bool isNew = !live.ContainsKey(key) && !dead.Contains(key);
                var expected =
                    used + key.Length + value.Length > Quota ? typeof(PutResult.QuotaExceeded)
                    : isNew && live.Count >= MaxRecords ? typeof(PutResult.QuotaExceeded)
                    : isNew && live.Count + dead.Count >= MaxRecords ? typeof(PutResult.TombstonesFull)
                    : typeof(PutResult.Stored);

                node.Put(key, value, ttl).ShouldBeOfType(expected);

                if (expected == typeof(PutResult.Stored))
                {
                    live[key] = (value, node.NowMs + ttl);
                    dead.Remove(key);
                }
            }

            node.Store.List(TestStore.App, 100).Keys.ShouldBe(live.Keys);
            live.Keys.Select(held => node.Get(held)).ShouldBe(live.Values.Select(held => held.Value));
            node.Store.Stats().LiveRecords.ShouldBe(live.Count);
            node.Store.Stats().Tombstones.ShouldBe(dead.Count);
        }
    }

    [Fact]
    public void The_quota_admits_its_last_byte_and_not_one_more()
    {
        var node = new TestStore();
        for (int i = 0; i < Limits.AppQuotaBytes / Limits.MaxValueBytes; i++)
        {
            node.Stored($"k{i}", new string('v', Limits.MaxValueBytes - 2));
        }

        node.Put("x", "").ShouldBeOfType<PutResult.QuotaExceeded>();
        node.Stored("k0", new string('v', Limits.MaxValueBytes - 3));
        node.Stored("x", "");
        node.Put("y", "").ShouldBeOfType<PutResult.QuotaExceeded>();
        node.Delete("x").Existed.ShouldBeTrue();
        node.Stored("y", "");
    }

    [Fact]
    public void An_app_keeps_its_limit_of_records_tombstones_included_and_not_one_more()
    {
        var node = new TestStore();
        for (int i = 0; i < Limits.MaxRecordsPerApp; i++)
        {
            node.Stored($"k{i}", "");
        }

        node.Put("x", "").ShouldBeOfType<PutResult.QuotaExceeded>();
        node.Delete("k0").Existed.ShouldBeTrue();
        node.Put("x", "").ShouldBeOfType<PutResult.TombstonesFull>();
        node.Stored("k0", "again");
    }

    [Fact]
    public void A_merge_is_never_refused_for_quota()
    {
        var writer = new TestStore(node: 1);
        var full = new TestStore(writer.Clock, node: 2, with: options => options with { AppQuotaBytes = 4, MaxRecordsPerApp = 1, StoreLimitBytes = 600 });
        writer.Stored("a", "12345678");
        writer.Stored("b", "12345678");
        full.Stored("z", "1");

        writer.All().ShouldAllBe(record => full.Store.Receive(record, 99) == ReceiveVerdict.Stored);

        full.Get("a").ShouldBe("12345678");
        full.Put("new", "1").ShouldBeOfType<PutResult.QuotaExceeded>();
        full.Delete("a").Existed.ShouldBeTrue();
        full.Store.IsOverfull.ShouldBeTrue();
    }

    [Fact]
    public void A_store_that_nobody_configured_has_the_global_limit() =>
        new StoreOptions(1, new TestSealer(1, 1), () => TestStore.BaseMs).StoreLimitBytes.ShouldBe(Limits.StoreLimitBytes);

    [Fact]
    public void The_global_limit_stops_admission_at_its_last_byte_and_lets_records_shrink()
    {
        int each = Limits.RecordOverheadBytes + 1 + 10 + StoredRecord.SealOverheadBytes;
        var node = new TestStore(with: options => options with { StoreLimitBytes = 2 * each });
        node.Stored("a", "0123456789");
        node.Stored("b", "0123456789");

        node.Store.IsOverfull.ShouldBeFalse();
        node.Put("b", "0123456789+").ShouldBeOfType<PutResult.StoreFull>();
        node.Put("c", "").ShouldBeOfType<PutResult.StoreFull>();
        node.Store.Put(AppId.From(99), TestStore.One, "c", Encoding.UTF8.GetBytes("1"), null, null).ShouldBeOfType<PutResult.StoreFull>();
        node.Stored("b", "012345678");
    }
}
