using FsCheck.Xunit;
using Kms.Core.Primitives;
using Kms.Core.Store;
using Kms.Properties.Fakes;

namespace Kms.Properties.Store;

public sealed class DigestLaws
{
    [Property(MaxTest = 100)]
    public void The_digest_kept_incrementally_is_the_digest_of_the_contents(int seed)
    {
        var random = new Random(seed);
        var node = new TestStore();
        for (int i = 0; i < 60; i++)
        {
            node.Clock.AdvanceMs(random.Next(0, 3));
            string key = $"k{random.Next(12)}";
            _ = random.Next(4) switch
            {
                0 => (object)node.Delete(key),
                1 => node.Put(key, "v", ttlMs: random.Next(1, 20)),
                2 => node.Put(key, "v", app: TestStore.Other),
                _ => node.Put(key, "v"),
            };
            _ = random.Next(3) == 0 ? node.Store.Digest() : default;
        }

        var copy = new TestStore(node.Clock, node: 2);
        foreach (var record in node.All())
        {
            copy.Store.Receive(record, 99).ShouldBe(ReceiveVerdict.Stored);
        }

        copy.Store.Digest().ShouldBe(node.Store.Digest());
    }

    [Fact]
    public void Every_change_of_key_write_or_tombstone_changes_the_digest()
    {
        var node = new TestStore();
        var seen = new HashSet<Bytes32> { node.Store.Digest() };

        node.Stored("a", "v");
        seen.Add(node.Store.Digest()).ShouldBeTrue();
        node.Stored("b", "v");
        seen.Add(node.Store.Digest()).ShouldBeTrue();
        node.Stored("b", "v");
        seen.Add(node.Store.Digest()).ShouldBeTrue();
        node.Delete("a");
        seen.Add(node.Store.Digest()).ShouldBeTrue();
        node.Put("a", "v", app: TestStore.Other);
        seen.Add(node.Store.Digest()).ShouldBeTrue();
        node.Stored("c", "v", ttlMs: 1);
        seen.Add(node.Store.Digest()).ShouldBeTrue();
        node.Clock.AdvanceMs(1);
        seen.Add(node.Store.Digest()).ShouldBeTrue();
    }

    [Fact]
    public void A_store_that_forgot_everything_digests_like_a_fresh_one()
    {
        var node = new TestStore();
        node.Stored("a", "v");
        node.Delete("a");
        node.Clock.Advance(TimeSpan.FromDays(2));
        node.Store.CollectTombstones(ulong.MaxValue, new HashSet<RecordName>());

        node.Store.Digest().ShouldBe(new TestStore().Store.Digest());
    }
}
