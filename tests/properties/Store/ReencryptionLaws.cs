using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Primitives;
using Kms.Core.Store;
using Kms.Properties.Fakes;

namespace Kms.Properties.Store;

/// <summary>Moving what is stored to a later epoch, so that the older can be retired (design §8).</summary>
public sealed class ReencryptionLaws
{
    private static readonly Epoch Two = Epoch.From(2);

    [Fact]
    public void It_changes_the_epoch_and_nothing_that_anybody_could_notice()
    {
        var node = Node(1);
        node.Stored("a", "one");
        node.Stored("b", "two", ttlMs: 60_000);
        node.Stored("c", "three");
        node.Delete("c");
        var before = node.All();
        var digest = node.Store.Digest();
        var figures = node.Store.Stats();

        node.Store.Reencrypt(Two).ShouldBe(3);

        node.All().ShouldAllBe(record => record.Epoch == Two);
        node.All().Select(record => (record.Name, record.Id, record.Parent, record.Tombstone, record.ExpiryMs))
            .ShouldBe(before.Select(record => (record.Name, record.Id, record.Parent, record.Tombstone, record.ExpiryMs)));
        node.Store.Digest().ShouldBe(digest);
        node.Store.Stats().ShouldBe(figures with { OldestEpoch = Two });
        node.Store.Reencrypt(Two).ShouldBe(0, "there is nothing left to do");
    }

    [Fact]
    public void What_was_resealed_outlives_the_older_epoch_and_still_expires()
    {
        var node = Node(1);
        node.Stored("a", "one");
        node.Stored("b", "two", ttlMs: 60_000);
        node.Store.Reencrypt(Two);
        node.Sealer.Epochs.Remove(1);

        node.Get("a").ShouldBe("one");
        node.Clock.AdvanceMs(60_000);
        node.Store.Expire();
        node.Get("b").ShouldBeNull();
        node.Record("b").Tombstone.ShouldBeTrue();
    }

    [Fact]
    public void A_record_whose_epoch_has_no_secret_stays_and_is_tried_again()
    {
        var node = Node(1);
        node.Stored("a", "one");
        node.Sealer.Epochs.Remove(1);
        node.Store.Reencrypt(Two).ShouldBe(0);
        node.Store.Stats().OldestEpoch.ShouldBe(TestStore.One);

        node.Sealer.Epochs.Add(1);
        node.Store.Reencrypt(Two).ShouldBe(1);
        node.Get("a").ShouldBe("one");
    }

    [Fact]
    public void Without_the_later_secret_nothing_changes()
    {
        var node = Node(1);
        node.Stored("a", "one");
        node.Sealer.Epochs.Remove(2);
        node.Store.Reencrypt(Two).ShouldBe(0);
        node.Get("a").ShouldBe("one");
    }

    [Fact]
    public void One_turn_looks_at_a_bounded_number_of_records_and_the_next_goes_on()
    {
        var node = Node(1);
        for (int i = 0; i < Limits.MaxReencryptionsPerTurn + 1; i++)
        {
            node.Stored($"k{i}", "v");
        }

        node.Store.Reencrypt(Two).ShouldBe(Limits.MaxReencryptionsPerTurn);
        node.Store.Stats().OldestEpoch.ShouldBe(TestStore.One);
        node.Store.Reencrypt(Two).ShouldBe(1);
        node.Store.Stats().OldestEpoch.ShouldBe(Two);
    }

    [Fact]
    public void One_turn_seals_a_bounded_amount()
    {
        var node = Node(1);
        string large = new('x', Limits.MaxValueBytes);
        for (int i = 0; i < 6; i++)
        {
            node.Stored($"k{i}", large);
        }

        // The last one that fits is the one that crosses the bound.
        node.Store.Reencrypt(Two).ShouldBe(Limits.MaxReencryptedBytesPerTurn / Limits.MaxValueBytes);
        node.Store.Reencrypt(Two).ShouldBe(6 - (Limits.MaxReencryptedBytesPerTurn / Limits.MaxValueBytes));
    }

    [Property(MaxTest = 50)]
    public void Nodes_that_reseal_when_they_like_stay_in_step_and_lose_nothing(byte[] script)
    {
        TestStore[] nodes = [Node(1), Node(2)];
        for (int step = 0; step < script.Length; step++)
        {
            var (node, other) = (nodes[script[step] % 2], nodes[1 - (script[step] % 2)]);
            string key = $"k{script[step] / 8 % 4}";
            switch (script[step] / 2 % 4)
            {
                case 0:
                    node.Put(key, $"v{step}");
                    break;
                case 1:
                    node.Delete(key);
                    break;
                case 2:
                    node.Store.Reencrypt(Two);
                    break;
                default:
                    Send(node, other);
                    break;
            }
        }

        Send(nodes[0], nodes[1]);
        Send(nodes[1], nodes[0]);
        nodes[0].Store.Reencrypt(Two);
        nodes[1].Store.Reencrypt(Two);
        Send(nodes[0], nodes[1]);
        nodes[0].Store.Digest().ShouldBe(nodes[1].Store.Digest());
        for (int key = 0; key < 4; key++)
        {
            nodes[0].Sealer.Epochs.Remove(1);
            nodes[1].Sealer.Epochs.Remove(1);
            nodes[0].Get($"k{key}").ShouldBe(nodes[1].Get($"k{key}"));
        }

        nodes.ShouldAllBe(node => node.All().All(record => record.Epoch == Two));
    }

    private static void Send(TestStore from, TestStore to)
    {
        foreach (var record in from.All())
        {
            to.Store.Receive(record, from.Store.Incarnation).ShouldBeOneOf(ReceiveVerdict.Stored, ReceiveVerdict.Superseded);
        }
    }

    private static TestStore Node(int number)
    {
        var node = new TestStore(node: number);
        node.Sealer.Epochs.Add(2);
        return node;
    }
}
