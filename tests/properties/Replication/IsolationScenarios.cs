using Kms.Core;
using Kms.Core.Replication;
using Kms.Core.Store;
using Kms.Properties.Fakes;

namespace Kms.Properties.Replication;

public sealed class IsolationScenarios
{
    private static readonly TimeSpan Half = TimeSpan.FromMilliseconds(Limits.TombstoneRetentionMs / 2);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void A_node_refuses_writes_after_exactly_half_the_retention_without_an_answer()
    {
        var cluster = Started(3);
        cluster.Partition([1], [2, 3]);
        cluster.Clock.Advance(Half - TimeSpan.FromMilliseconds(1));
        cluster[1].Replicator.AcceptsWrites.ShouldBeTrue();

        cluster.Clock.AdvanceMs(1);

        cluster[1].Replicator.IsIsolated.ShouldBeTrue();
        cluster[1].Replicator.AcceptsWrites.ShouldBeFalse();
        cluster[1].Replicator.State.ShouldBe(ReplicaState.Isolated);
    }

    [Fact]
    public void A_node_alone_in_its_cluster_is_never_isolated()
    {
        var cluster = Started(1);

        cluster.Live(TimeSpan.FromDays(5), Hour);

        cluster[1].Replicator.AcceptsWrites.ShouldBeTrue();
        cluster[1].Replicator.IsCaughtUp.ShouldBeTrue();
    }

    [Fact]
    public void A_node_that_was_cut_off_before_it_pulled_anything_has_not_caught_up()
    {
        var cluster = Started(1);
        cluster[1].Data.Stored("key", "v");
        var late = new TestNode(cluster.Network, cluster.Clock, 2);
        cluster.Network.Tamper = answer => SyncCodec.TryDecode(answer, out var decoded) && decoded is SyncMessage.SnapshotPage
            ? SyncCodec.Encode(new SyncMessage.Refused(SyncRefusal.Malformed))
            : answer;
        late.Round(cluster[1], late);
        late.Replicator.State.ShouldBe(ReplicaState.Starting, "it was greeted, and got nothing");
        late.Replicator.IsCaughtUp.ShouldBeFalse();

        cluster.Clock.Advance(Half);

        late.Replicator.IsIsolated.ShouldBeTrue();
        late.Replicator.IsCaughtUp.ShouldBeFalse("what it does not have it cannot deny");
    }

    [Fact]
    public void A_node_whose_peers_left_the_registry_is_alone_and_not_isolated()
    {
        var cluster = Started(2);
        cluster.Nodes.RemoveAt(1);

        cluster.Live(TimeSpan.FromDays(2), Hour);

        cluster[1].Replicator.AcceptsWrites.ShouldBeTrue();
    }

    [Fact]
    public void A_node_that_never_reached_anybody_is_not_isolated_by_ghosts()
    {
        var cluster = new TestCluster(2);
        cluster.Network.Leave(cluster[2]);
        cluster.Nodes.RemoveAt(1);
        var ghost = new TestNode(new MemoryNetwork(), cluster.Clock, 2);

        for (int i = 0; i < 48; i++)
        {
            cluster.Clock.Advance(Hour);
            cluster[1].Round(ghost);
        }

        cluster[1].Replicator.State.ShouldBe(ReplicaState.Following);
    }

    [Fact]
    public void Messages_that_arrive_without_an_answer_coming_back_do_not_end_isolation()
    {
        var cluster = Started(2);
        cluster.Network.Fate = (from, _) => from == 1 ? Fate.LoseRequest : Fate.Deliver;

        cluster.Live(Half, Hour);

        cluster[1].Replicator.IsIsolated.ShouldBeTrue();
        cluster[2].Replicator.IsIsolated.ShouldBeFalse();
    }

    [Fact]
    public void After_longer_than_the_retention_a_deleted_key_stays_deleted_and_an_unacknowledged_write_survives()
    {
        var cluster = Started(3);
        cluster[1].Data.Stored("deleted", "v");
        cluster[1].Data.Stored("kept", "old");
        cluster.Rounds(3);
        cluster.Partition([1, 2], [3]);
        cluster[3].Data.Stored("own", "only here");
        cluster[1].Data.Delete("deleted");
        cluster[2].Data.Stored("kept", "new");
        cluster.Live(TimeSpan.FromMilliseconds(2 * Limits.TombstoneRetentionMs), Hour);
        cluster[3].Replicator.IsIsolated.ShouldBeTrue();
        cluster[1].Store.Stats().Tombstones.ShouldBe(0);
        cluster[3].Data.Get("deleted").ShouldBe("v");

        cluster.Heal();
        cluster.Rounds(4);

        cluster.ShouldHaveConverged();
        cluster[3].Replicator.AcceptsWrites.ShouldBeTrue();
        cluster.Nodes.ShouldAllBe(node => node.Data.Get("deleted", null) == null);
        cluster.Nodes.ShouldAllBe(node => node.Data.Get("kept", null) == "new");
        cluster.Nodes.ShouldAllBe(node => node.Data.Get("own", null) == "only here");
    }

    [Fact]
    public void An_isolated_node_offers_nothing_to_others_before_it_returned()
    {
        var cluster = Started(3);
        cluster[1].Data.Stored("deleted", "v");
        cluster.Rounds(3);
        cluster.Partition([1, 2], [3]);
        cluster[1].Data.Delete("deleted");
        cluster.Live(TimeSpan.FromMilliseconds(2 * Limits.TombstoneRetentionMs), Hour);

        // The others reach it first, again and again; it must not answer with what they deleted.
        cluster.Network.Fate = (from, _) => from == 3 ? Fate.LoseRequest : Fate.Deliver;
        for (int i = 0; i < 5; i++)
        {
            cluster[1].Round([.. cluster.Nodes]);
            cluster[2].Round([.. cluster.Nodes]);
        }

        cluster[1].Data.Get("deleted").ShouldBeNull();
        cluster[2].Data.Get("deleted").ShouldBeNull();
        cluster[3].Replicator.IsIsolated.ShouldBeTrue();
    }

    [Fact]
    public void An_own_write_that_the_peer_cannot_take_yet_survives_the_return()
    {
        var two = Kms.Core.Primitives.Epoch.From(2);
        var cluster = Started(3);
        cluster.Partition([1, 2], [3]);
        cluster[3].Data.Sealer.Epochs.Add(2);
        cluster[3].Store.Put(TestStore.App, two, "early", "v"u8, null, null).ShouldBeOfType<PutResult.Stored>();
        cluster.Live(TimeSpan.FromMilliseconds(2 * Limits.TombstoneRetentionMs), Hour);

        cluster.Heal();
        cluster[3].Round([.. cluster.Nodes]);
        cluster[3].Replicator.State.ShouldBe(ReplicaState.Following);
        cluster[3].Data.Get("early").ShouldBe("v");

        cluster[1].Data.Sealer.Epochs.Add(2);
        cluster[2].Data.Sealer.Epochs.Add(2);
        cluster.Rounds(3);
        cluster.ShouldHaveConverged();
        cluster[1].Data.Get("early").ShouldBe("v");
    }

    [Fact]
    public void A_node_tells_what_it_holds_only_while_it_follows()
    {
        var cluster = Started(2);
        var starting = new TestNode(cluster.Network, cluster.Clock, 3);
        var (isolated, following) = (cluster[1], cluster[2]);
        cluster.Partition([1], [2]);
        cluster.Clock.Advance(Half - Hour);
        following.RoundAsync().IsCompletedSuccessfully.ShouldBeTrue();
        cluster.Clock.Advance(Hour);
        following.RoundAsync().IsCompletedSuccessfully.ShouldBeTrue();

        foreach (var ask in new Func<UInt128, SyncMessage>[]
        {
            target => new SyncMessage.SnapshotRequest(target, null),
            _ => new SyncMessage.Fetch(TestStore.App, ["k"]),
            _ => new SyncMessage.DigestApps(null),
            _ => new SyncMessage.DigestBuckets(TestStore.App),
            _ => new SyncMessage.DigestLeaves(TestStore.App, 0, null),
        })
        {
            Answer(isolated, ask).ShouldBe(new SyncMessage.Refused(SyncRefusal.NotServing));
            Answer(starting, ask).ShouldBe(new SyncMessage.Refused(SyncRefusal.NotServing));
            Answer(following, ask).ShouldNotBeOfType<SyncMessage.Refused>();
        }

        static SyncMessage? Answer(TestNode node, Func<UInt128, SyncMessage> ask) =>
            SyncCodec.TryDecode(node.Replicator.HandleMessage(TestPeer.Of(9), SyncCodec.Encode(ask(node.Store.Incarnation))), out var answer) ? answer : null;
    }

    [Fact]
    public void A_write_whose_acknowledgement_was_lost_counts_as_acknowledged_once_the_node_returns()
    {
        var cluster = Started(2);
        cluster.Network.Fate = (_, _) => Fate.LoseAnswer;
        cluster[2].Data.Stored("k", "v");
        cluster[2].PushAsync().IsCompletedSuccessfully.ShouldBeTrue();
        cluster[1].Data.Get("k").ShouldBe("v");
        cluster.Partition([1, 3], [2]);
        var third = new TestNode(cluster.Network, cluster.Clock, 3);
        cluster.Nodes.Add(third);
        cluster[1].Round([.. cluster.Nodes]);
        third.Round([.. cluster.Nodes]);
        cluster[1].Data.Delete("k");
        cluster.Live(TimeSpan.FromMilliseconds(2 * Limits.TombstoneRetentionMs), Hour);
        cluster[1].Store.Stats().Tombstones.ShouldBe(0);

        cluster.Heal();
        cluster.Rounds(4);

        cluster.ShouldHaveConverged();
        cluster[1].Data.Get("k").ShouldBeNull();
    }

    [Fact]
    public void When_every_node_was_cut_off_alone_they_merge_and_lose_nothing()
    {
        var cluster = Started(3);
        cluster[1].Data.Stored("deleted", "v");
        cluster.Rounds(3);
        cluster.Partition([1], [2], [3]);
        foreach (var node in cluster.Nodes)
        {
            node.Data.Stored($"own{node.Number}", "v");
        }

        cluster[1].Data.Delete("deleted");
        cluster.Live(TimeSpan.FromMilliseconds(2 * Limits.TombstoneRetentionMs), Hour);
        cluster.Nodes.ShouldAllBe(node => node.Replicator.IsIsolated);

        cluster.Heal();
        cluster.Rounds(5);

        cluster.ShouldHaveConverged();
        cluster.Nodes.ShouldAllBe(node => node.Data.Get("deleted", null) == null);
        cluster.Nodes.ShouldAllBe(node => Enumerable.Range(1, 3).All(i => node.Data.Get($"own{i}", null) == "v"));
    }

    [Fact]
    public void A_fresh_empty_node_never_makes_an_isolated_one_discard_what_it_holds()
    {
        var cluster = Started(2);
        cluster[1].Data.Stored("k", "v");
        cluster.Rounds(3);
        cluster.Network.Leave(cluster[2]);
        cluster.Nodes.RemoveAt(1);
        var ghost = TestPeer.Of(2);
        for (int i = 0; i < 30; i++)
        {
            cluster.Clock.Advance(Hour);
            cluster[1].RoundAsync([ghost]).IsCompletedSuccessfully.ShouldBeTrue();
        }

        cluster[1].Replicator.IsIsolated.ShouldBeTrue();
        var fresh = new TestNode(cluster.Network, cluster.Clock, 3);
        cluster.Nodes.Add(fresh);

        // It founds a data set of its own while nobody can be reached, then meets the one that holds everything.
        cluster.Network.Fate = (_, _) => Fate.LoseRequest;
        Enumerable.Range(0, Limits.MaxFruitlessRounds).ToList().ForEach(_ => fresh.Round(cluster[1]));
        fresh.Replicator.State.ShouldBe(ReplicaState.Following);
        cluster.Heal();
        cluster.Rounds(5);

        cluster.ShouldHaveConverged();
        cluster.Nodes.ShouldAllBe(node => node.Data.Get("k", null) == "v");
    }

    [Fact]
    public void A_node_that_starts_beside_an_isolated_one_waits_for_its_data()
    {
        var cluster = Started(2);
        cluster[1].Data.Stored("k", "v");
        cluster.Rounds(3);
        cluster.Network.Leave(cluster[2]);
        cluster.Nodes.RemoveAt(1);
        cluster.Clock.Advance(Half);
        var fresh = new TestNode(cluster.Network, cluster.Clock, 3);

        fresh.Round(cluster[1]);
        fresh.Replicator.IsCaughtUp.ShouldBeFalse();
        cluster.Nodes.Add(fresh);
        cluster.Rounds(3);

        fresh.Replicator.IsCaughtUp.ShouldBeTrue();
        fresh.Data.Get("k").ShouldBe("v");
        cluster.ShouldHaveConverged();
    }

    [Fact]
    public void A_snapshot_that_breaks_off_leaves_the_node_isolated_and_its_records_in_place()
    {
        var cluster = Started(3);
        cluster[1].Data.Stored("k", "v");
        cluster.Rounds(3);
        cluster.Partition([1, 2], [3]);
        cluster.Live(Half, Hour);
        int sent = 0;
        cluster.Network.Fate = (from, _) => from == 3 && sent++ >= 2 ? Fate.LoseAnswer : Fate.Deliver;

        cluster[3].Round([.. cluster.Nodes]);

        cluster[3].Replicator.State.ShouldBe(ReplicaState.Isolated);
        cluster[3].Data.Get("k").ShouldBe("v");
    }

    [Fact]
    public void Tombstones_wait_for_members_heard_of_within_half_the_retention_and_a_margin()
    {
        var cluster = Started(2);
        cluster[1].Data.Stored("k", "v");
        cluster.Rounds(3);
        cluster[1].Data.Delete("k");

        // Node 2 can be heard, but takes nothing: it lacks the epoch that the tombstone is sealed under.
        cluster[2].Data.Sealer.Epochs.Clear();
        cluster.Live(TimeSpan.FromMilliseconds(2 * Limits.TombstoneRetentionMs), Hour);
        cluster[1].Store.Stats().Tombstones.ShouldBe(1);

        cluster[2].Data.Sealer.Epochs.Add(1);
        cluster.Live(3 * Hour, Hour);
        cluster.Nodes.ShouldAllBe(node => node.Store.Stats().Tombstones == 0);
    }

    [Fact]
    public void A_member_that_fell_silent_is_waited_for_until_the_margin_is_over_and_not_a_millisecond_longer()
    {
        var cluster = Started(3);
        cluster[1].Data.Stored("k", "v");
        cluster.Rounds(3);
        cluster[1].Data.Delete("k");
        cluster[2].Data.Sealer.Epochs.Clear();
        cluster.Live(TimeSpan.FromMilliseconds(Limits.TombstoneRetentionMs), Hour);

        cluster.Partition([1, 3], [2]);
        cluster.Live(Half, Hour);
        cluster.Clock.AdvanceMs(Limits.TombstoneReachMarginMs);
        cluster.Rounds();
        cluster[1].Store.Stats().Tombstones.ShouldBe(1);

        cluster.Clock.AdvanceMs(1);
        cluster.Rounds();
        cluster[1].Store.Stats().Tombstones.ShouldBe(0);
    }

    private static TestCluster Started(int nodes)
    {
        var cluster = new TestCluster(nodes);
        cluster.Rounds(2);
        cluster.ShouldHaveConverged();
        return cluster;
    }
}
