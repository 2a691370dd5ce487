using Kms.Core;
using Kms.Core.Replication;
using Kms.Core.Store;
using Kms.Properties.Fakes;

namespace Kms.Properties.Replication;

public sealed class PushTests
{
    private static readonly TimeSpan QuorumLimit = TimeSpan.FromMilliseconds(Limits.QuorumAckTimeoutMs);

    private readonly TestCluster _cluster = new(3);

    public PushTests()
    {
        _cluster.Rounds(2);
        _cluster.ShouldHaveConverged();
    }

    [Fact]
    public async Task A_peer_that_hangs_costs_its_time_limit_and_nobody_elses_push()
    {
        _cluster[1].Data.Stored("k", "v");
        _cluster.Network.Fate = (_, to) => to == 2 ? Fate.Hang : Fate.Deliver;

        var round = _cluster[1].RoundAsync([.. _cluster.Nodes]);

        round.IsCompleted.ShouldBeFalse();
        _cluster[3].Data.Get("k").ShouldBe("v");
        _cluster.Clock.AdvanceMs(Limits.PeerTimeoutMs);
        (await round).Reached.ShouldBe(1);
        _cluster.Clock.Pending.ShouldBe(0);
        _cluster.Heal();
        _cluster[1].Round([.. _cluster.Nodes]);
        _cluster[2].Data.Get("k").ShouldBe("v");
    }

    [Fact]
    public void A_push_that_fails_for_one_peer_is_not_lost()
    {
        _cluster.Network.Fate = (_, to) => to == 2 ? Fate.LoseRequest : Fate.Deliver;
        _cluster[1].Data.Stored("k", "v");
        _cluster[1].Round([.. _cluster.Nodes]);

        _cluster[3].Data.Get("k").ShouldBe("v");
        _cluster[1].Replicator.Stats().Peers[0].ShouldSatisfyAllConditions(
            lag => lag.Sequences.ShouldBe(1UL),
            lag => lag.LastFailure.ShouldBe("lost"));
        _cluster[1].Replicator.Stats().Peers[1].Sequences.ShouldBe(0UL);

        _cluster.Heal();
        _cluster[1].Round([.. _cluster.Nodes]);
        _cluster[2].Data.Get("k").ShouldBe("v");
    }

    [Fact]
    public void A_cursor_does_not_move_when_the_answer_is_lost_and_the_next_greeting_finds_it()
    {
        _cluster[1].Data.Stored("k", "v");
        int sent = 0;
        _cluster.Network.Fate = (_, to) => to == 2 && sent++ >= 1 ? Fate.LoseAnswer : Fate.Deliver;
        _cluster[1].Round([.. _cluster.Nodes]);
        _cluster[2].Data.Get("k").ShouldBe("v");
        _cluster[1].Replicator.Stats().Peers[0].Sequences.ShouldBe(1UL);
        _cluster.Heal();
        _cluster.Network.ResetCounters();

        // Something else of its own, so that the digests differ and only the repeated verdict can settle the batch.
        _cluster[2].Data.Stored("other", "v");
        _cluster[1].Round([.. _cluster.Nodes]);

        _cluster.Network.Seen.OfType<SyncMessage.Delta>().ShouldBeEmpty();
        _cluster[1].Replicator.Stats().Peers[0].Sequences.ShouldBe(0UL);
    }

    [Fact]
    public void What_a_peer_sent_is_not_sent_back()
    {
        _cluster[1].Data.Stored("k", "v");
        _cluster.Network.Fate = (from, to) => from + to == 3 ? Fate.Deliver : Fate.LoseRequest;
        _cluster[1].Round([.. _cluster.Nodes]);
        _cluster[1].Data.Stored("k2", "v");
        _cluster.Network.ResetCounters();

        _cluster[2].Round([.. _cluster.Nodes]);

        _cluster[2].Data.Get("k").ShouldBe("v");
        _cluster.Network.Seen.OfType<SyncMessage.Delta>().ShouldBeEmpty();
        _cluster[2].Replicator.Stats().Peers[0].Sequences.ShouldBe(0UL);
    }

    [Fact]
    public void Batches_are_bounded_by_count_and_by_bytes()
    {
        for (int i = 0; i < Limits.MaxBatchRecords + 1; i++)
        {
            _cluster[1].Data.Stored($"k{i}", "v");
        }

        for (int i = 0; i < 6; i++)
        {
            _cluster[1].Data.Stored($"big{i}", new string('v', Limits.MaxValueBytes));
        }

        _cluster.Network.ResetCounters();
        _cluster[1].Round([.. _cluster.Nodes]);

        var sizes = _cluster.Network.Seen.OfType<SyncMessage.Delta>().Select(delta => (delta.Target, delta.Records.Count)).GroupBy(size => size.Target).ToList();
        sizes.ShouldAllBe(peer => peer.Select(size => size.Count).SequenceEqual(new[] { Limits.MaxBatchRecords, 4, 3 }));
        _cluster[2].Data.Get("big5").ShouldNotBeNull();
    }

    [Fact]
    public void A_push_ends_after_its_limit_of_batches_and_the_next_goes_on()
    {
        for (int i = 0; i < (Limits.MaxBatchesPerPush * Limits.MaxBatchRecords) + 1; i++)
        {
            _cluster[1].Data.Stored($"k{i}", "");
        }

        _cluster.Network.ResetCounters();
        _cluster[1].Round(_cluster[1], _cluster[2]);
        _cluster.Network.Seen.OfType<SyncMessage.Delta>().Count().ShouldBe(Limits.MaxBatchesPerPush);
        _cluster[1].Replicator.Stats().Peers.Single().Sequences.ShouldBe(1UL);

        _cluster[1].Round(_cluster[1], _cluster[2]);
        _cluster[1].Replicator.Stats().Peers.Single().Sequences.ShouldBe(0UL);
    }

    [Fact]
    public void A_record_that_the_peer_cannot_take_yet_is_set_aside_and_blocks_nothing()
    {
        _cluster[1].Data.Sealer.Epochs.Add(2);
        _cluster[1].Store.Put(TestStore.App, Kms.Core.Primitives.Epoch.From(2), "early", "v"u8, null, null).ShouldBeOfType<PutResult.Stored>();
        _cluster[1].Data.Stored("k", "v");
        _cluster[1].Round([.. _cluster.Nodes]);

        _cluster[2].Data.Get("k").ShouldBe("v");
        _cluster[2].Data.Get("early").ShouldBeNull();
        _cluster[1].Replicator.Stats().Peers[0].ShouldSatisfyAllConditions(
            lag => lag.RetryQueue.ShouldBe(1),
            lag => lag.Sequences.ShouldBe(0UL));

        _cluster[2].Data.Sealer.Epochs.Add(2);
        _cluster[1].Round([.. _cluster.Nodes]);
        _cluster[2].Data.Get("early").ShouldBe("v");
        _cluster[1].Replicator.Stats().Peers[0].RetryQueue.ShouldBe(0);
    }

    [Fact]
    public void When_the_retry_queue_is_full_the_cursor_waits_and_nothing_is_lost()
    {
        var two = Kms.Core.Primitives.Epoch.From(2);
        _cluster[1].Data.Sealer.Epochs.Add(2);
        int records = Limits.MaxRetryQueue + 300;
        for (int i = 0; i < records; i++)
        {
            _cluster[1].Store.Put(TestStore.App, two, $"k{i}", "v"u8, null, null).ShouldBeOfType<PutResult.Stored>();
        }

        for (int i = 0; i < 3; i++)
        {
            _cluster[1].Round([.. _cluster.Nodes]);
            _cluster[1].Replicator.Stats().Peers[0].ShouldSatisfyAllConditions(
                lag => lag.RetryQueue.ShouldBe(Limits.MaxRetryQueue),
                lag => lag.Sequences.ShouldBe(300UL));
        }

        _cluster[2].Data.Sealer.Epochs.Add(2);
        _cluster[3].Data.Sealer.Epochs.Add(2);
        _cluster.Rounds(3);
        _cluster.ShouldHaveConverged();
        _cluster[2].Store.Stats().LiveRecords.ShouldBe(records);
    }

    [Fact]
    public async Task Quorum_waits_for_as_many_members_as_asked_and_pushes_at_once()
    {
        var write = _cluster[1].Data.Stored("k", "v");

        int held = await _cluster[1].Replicator.WaitForQuorumAsync(write.Id, 3, QuorumLimit, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

        held.ShouldBe(3);
        _cluster[2].Data.Get("k").ShouldBe("v");
        _cluster[3].Data.Get("k").ShouldBe("v");
        _cluster.Clock.Pending.ShouldBe(0);
    }

    [Fact]
    public async Task Quorum_says_by_how_many_when_the_time_is_over()
    {
        _cluster.Network.Fate = (_, to) => to == 3 ? Fate.LoseRequest : Fate.Deliver;
        var write = _cluster[1].Data.Stored("k", "v");

        var wait = _cluster[1].Replicator.WaitForQuorumAsync(write.Id, 3, QuorumLimit, CancellationToken.None);
        _cluster.Clock.AdvanceMs(Limits.QuorumAckTimeoutMs - 1);
        wait.IsCompleted.ShouldBeFalse();
        _cluster.Clock.AdvanceMs(1);

        (await wait.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(2);
    }

    [Fact]
    public async Task Quorum_tries_a_peer_again_that_lost_the_first_message()
    {
        int lost = 2;
        _cluster.Network.Fate = (_, to) => to == 3 && lost-- > 0 ? Fate.LoseRequest : Fate.Deliver;
        var write = _cluster[1].Data.Stored("k", "v");

        // The push was lost, then the greeting before the next: the second retry arrives.
        var wait = _cluster[1].Replicator.WaitForQuorumAsync(write.Id, 3, QuorumLimit, CancellationToken.None);
        _cluster.Clock.AdvanceMs((2 * Limits.QuorumRetryMs) - 1);
        _cluster[3].Data.Get("k").ShouldBeNull();
        _cluster.Clock.AdvanceMs(1);

        (await wait.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(3);
    }

    [Fact]
    public async Task A_write_that_the_peer_sets_aside_or_refuses_is_not_counted()
    {
        _cluster[2].Data.Sealer.Epochs.Clear();
        _cluster[3].Data.SkewMs = -Limits.MaxRecordSkewMs - 10_000;
        var write = _cluster[1].Data.Stored("k", "v");

        var wait = _cluster[1].Replicator.WaitForQuorumAsync(write.Id, 2, QuorumLimit, CancellationToken.None);
        _cluster.Clock.AdvanceMs(Limits.QuorumAckTimeoutMs);

        (await wait.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(1);
        _cluster[1].Replicator.Stats().Peers.ShouldAllBe(peer => peer.RetryQueue == 1);
    }

    [Fact]
    public void A_peer_that_answers_garbage_is_a_failed_peer()
    {
        foreach (byte[] garbage in new[] { Array.Empty<byte>(), [0xa0], [0xff], SyncCodec.Encode(new SyncMessage.Refused(SyncRefusal.NotServing)), SyncCodec.Encode(new SyncMessage.DeltaAck(5, 1, [])) })
        {
            _cluster.Network.Tamper = _ => garbage;
            _cluster[1].Data.Stored("k", "v");
            _cluster[1].Round([.. _cluster.Nodes]).Reached.ShouldBe(0);
            _cluster[1].Replicator.Stats().Peers.ShouldAllBe(peer => peer.LastFailure != null && peer.Sequences > 0);
        }
    }

    [Fact]
    public void Hostile_messages_are_answered_with_a_refusal_and_change_nothing()
    {
        _cluster[1].Data.Stored("k", "v");
        var digest = _cluster[1].Store.Digest();
        var own = _cluster[1].Store.Incarnation;
        SyncMessage[] messages =
        [
            new SyncMessage.Hello(own, ReplicaState.Following, 0, digest, null),
            new SyncMessage.Delta(77, own + 1, 1, [_cluster[1].Data.Record("k")]),
            new SyncMessage.Delta(own, own, 1, []),
            new SyncMessage.SnapshotRequest(own + 1, null),
            new SyncMessage.DeltaAck(77, 1, []),
            new SyncMessage.Refused(SyncRefusal.Malformed),
        ];

        foreach (byte[] bytes in messages.Select(SyncCodec.Encode).Append([]).Append([0xa1, 0x00]))
        {
            SyncCodec.TryDecode(_cluster[1].Replicator.HandleMessage(TestPeer.Of(2), bytes), out var answer).ShouldBeTrue();
            answer.ShouldBeOfType<SyncMessage.Refused>();
        }

        _cluster[1].Store.Digest().ShouldBe(digest);
    }

    [Fact]
    public void More_peers_than_the_limit_are_turned_away()
    {
        var hello = SyncCodec.Encode(new SyncMessage.Hello(5, ReplicaState.Following, 0, _cluster[1].Store.Digest(), null));
        for (int i = 2; i < Limits.MaxPeers + 2; i++)
        {
            Answer(i).ShouldBeOfType<SyncMessage.HelloAnswer>();
        }

        Answer(Limits.MaxPeers + 2).ShouldBe(new SyncMessage.Refused(SyncRefusal.TooManyPeers));

        SyncMessage? Answer(int peer) => SyncCodec.TryDecode(_cluster[1].Replicator.HandleMessage(TestPeer.Of(peer), hello), out var answer) ? answer : null;
    }

    [Fact]
    public void A_claim_to_hold_more_than_there_is_moves_no_cursor()
    {
        _cluster[1].Data.Stored("k", "v");
        var claim = new HeldClaim(_cluster[1].Store.Incarnation, _cluster[1].Store.Sequence + 1);
        var hello = new SyncMessage.Hello(_cluster[2].Store.Incarnation, ReplicaState.Following, 0, _cluster[2].Store.Digest(), claim);

        _cluster[1].Replicator.HandleMessage(_cluster[2].Peer, SyncCodec.Encode(hello));

        _cluster[1].Replicator.Stats().Peers[0].Sequences.ShouldBe(1UL);
    }
}
