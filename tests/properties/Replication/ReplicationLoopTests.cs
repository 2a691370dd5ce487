using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Replication;
using Kms.Core.Supervision;
using Kms.Properties.Fakes;
using Kms.Sim.Kernel;

namespace Kms.Properties.Replication;

/// <summary>The loops of replication: a worker for each peer, whom nothing holds up but its own peer.</summary>
public sealed class ReplicationLoopTests : IDisposable
{
    private const long TickMs = 15_000;

    private readonly TestCluster _cluster = new(3);
    private readonly EventLoop _thread = new(null);
    private readonly CancellationTokenSource _stop = new();
    private readonly ReplicationLoop _loop;

    public ReplicationLoopTests()
    {
        _cluster.Rounds(2);
        _cluster.ShouldHaveConverged();
        _loop = new ReplicationLoop(One.Replicator, _cluster.Clock, TestErrors.Of(_cluster.Clock), TickMs);
    }

    private TestNode One => _cluster[1];

    public void Dispose()
    {
        _stop.Dispose();
        _thread.Dispose();
    }

    [Fact]
    public void A_write_is_pushed_at_once_and_a_peer_that_hangs_holds_up_its_own_pushes_alone()
    {
        var running = Start(2, 3);
        _cluster.Network.Fate = (_, to) => to == 2 ? Fate.Hang : Fate.Deliver;
        foreach (var key in (string[])["a", "b", "c"])
        {
            Write(key);
            _cluster[3].Data.Get(key).ShouldBe("v");
        }

        _cluster.Heal();
        Write("d");
        _cluster[2].Data.Get("d").ShouldBeNull("one exchange at a time with each peer");
        Pass(Limits.PeerTimeoutMs);
        Pass(TickMs);
        _cluster[2].Data.Get("d").ShouldBe("v");
        Stop(running);
    }

    [Fact]
    public void However_many_writes_come_during_one_exchange_they_are_one_push()
    {
        var running = Start(2, 3);
        _cluster.Network.Fate = (_, to) => to == 2 ? Fate.Hang : Fate.Deliver;
        Write("first");
        for (int i = 0; i < 100; i++)
        {
            One.Data.Stored($"k{i}", "v");
        }

        _cluster.Network.ResetCounters();
        Do(() => Enumerable.Range(0, 100).ToList().ForEach(_ => _loop.RequestPush()));

        _cluster[3].Data.Get("k99").ShouldBe("v");
        _cluster.Network.Seen.OfType<SyncMessage.Delta>().Count().ShouldBe(1);
        Stop(running);
    }

    [Fact]
    public void A_round_comes_every_tick_and_brings_what_nobody_called_for()
    {
        var running = Start(2, 3);
        One.Data.Stored("k", "v");
        Pass(TickMs - 1);
        _cluster[2].Data.Get("k").ShouldBeNull();
        Pass(1);
        _cluster[2].Data.Get("k").ShouldBe("v");
        Stop(running);
    }

    [Fact]
    public void Who_is_no_member_any_more_gets_nothing_from_that_moment_in_the_middle_of_a_push_too()
    {
        var running = Start(2, 3);
        for (int i = 0; i < (2 * Limits.MaxBatchRecords) + 1; i++)
        {
            One.Data.Stored($"k{i}", "");
        }

        int batches = 0;
        _cluster.Network.ResetCounters();
        _cluster.Network.Fate = (_, to) =>
        {
            if (to == 2 && ++batches == 1)
            {
                _loop.Publish(Members(3));
            }

            return Fate.Deliver;
        };
        Do(_loop.RequestPush);

        batches.ShouldBe(1, "what was under way when the view came, and nothing after it");
        _cluster[3].Store.Digest().ShouldBe(One.Store.Digest());
        Write("later");
        Pass(3 * TickMs);
        batches.ShouldBe(1);
        One.Replicator.Stats().Peers.ShouldHaveSingleItem().Wallet.ShouldBe(_cluster[3].Peer.Wallet);

        Do(() => _loop.Publish(Members(2, 3)));
        _cluster[2].Data.Get("later").ShouldBe("v", "a member again");
        Stop(running);
    }

    [Fact]
    public void A_node_that_may_talk_to_nobody_says_nothing_and_forgets_nobody()
    {
        var running = Start(2, 3);
        Do(() => _loop.Publish(null));
        _cluster.Network.ResetCounters();
        Write("k");
        Pass(3 * TickMs);
        _cluster.Network.Messages.ShouldBe(0);
        One.Replicator.Stats().Peers.Count.ShouldBe(2);

        Do(() => _loop.Publish(Members(2, 3)));
        _cluster[2].Data.Get("k").ShouldBe("v");
        Stop(running);
    }

    [Fact]
    public void A_node_that_starts_founds_nothing_because_it_may_not_ask()
    {
        One.Data.Stored("k", "v");
        var fresh = new TestNode(_cluster.Network, _cluster.Clock, 4);
        var loop = new ReplicationLoop(fresh.Replicator, _cluster.Clock, TestErrors.Of(_cluster.Clock), TickMs);
        _cluster.Network.Fate = (_, _) =>
        {
            loop.Publish(null);
            return Fate.LoseRequest;
        };
        var running = Do(() => loop.RunAsync(_stop.Token));
        for (int i = 0; i <= Limits.MaxFruitlessRounds; i++)
        {
            Do(() => loop.Publish(Members(1, 2, 3)));
            Pass(TickMs);
        }

        fresh.Replicator.State.ShouldBe(ReplicaState.Starting);
        _cluster.Heal();
        Do(() => loop.Publish(Members(1, 2, 3)));
        fresh.Data.Get("k").ShouldBe("v");
        Stop(running);
    }

    [Fact]
    public void A_newer_view_that_says_nothing_new_calls_for_no_round()
    {
        var running = Start(2, 3);
        _cluster.Network.ResetCounters();
        Do(() => _loop.Publish(Members(2, 3)));
        _cluster.Network.Messages.ShouldBe(0);
        Stop(running);
    }

    [Fact]
    public void A_stop_ends_it_while_every_peer_hangs()
    {
        var running = Start(2, 3);
        _cluster.Network.Fate = (_, _) => Fate.Hang;
        Write("k");
        running.IsCompleted.ShouldBeFalse();
        Stop(running);
    }

    [Fact]
    public void A_broken_ring_comes_out_of_a_worker_and_ends_the_others()
    {
        var running = Start(2, 3);
        _cluster.Network.Fate = (_, to) => to == 2 ? throw new BrokenRingException("x") : Fate.Hang;
        Write("k");
        running.IsFaulted.ShouldBeTrue();
        running.Exception!.InnerException.ShouldBeOfType<BrokenRingException>();
        _cluster.Clock.Pending.ShouldBe(0);
    }

    [Fact]
    public void A_node_that_starts_while_one_peer_hangs_has_its_rounds_as_soon_as_it_follows()
    {
        One.Data.Stored("k", "v");
        _cluster.Rounds(2);
        var fresh = new TestNode(_cluster.Network, _cluster.Clock, 4);
        var loop = new ReplicationLoop(fresh.Replicator, _cluster.Clock, TestErrors.Of(_cluster.Clock), TickMs);
        _cluster.Network.Fate = (_, to) => to == 2 ? Fate.Hang : Fate.Deliver;
        var running = Do(() => loop.RunAsync(_stop.Token));
        Do(() => loop.Publish(Members(1, 2, 3)));

        fresh.Replicator.State.ShouldBe(ReplicaState.Following);
        fresh.Data.Get("k").ShouldBe("v");
        fresh.Data.Stored("own", "v");
        Do(loop.RequestPush);
        One.Data.Get("own").ShouldBe("v");
        Stop(running);
    }

    private static ReplicationMembers Members(params int[] numbers) => new([.. numbers.Select(TestPeer.Of)], [TestStore.One]);

    private Task Start(params int[] members)
    {
        var running = Do(() => _loop.RunAsync(_stop.Token));
        Do(() => _loop.Publish(Members(members)));
        return running;
    }

    private void Write(string key) => Do(() =>
    {
        One.Data.Stored(key, "v");
        _loop.RequestPush();
    });

    /// <summary>Everything ends within the call that asks for it: no time has to pass.</summary>
    private void Stop(Task running)
    {
        Do(_stop.Cancel);
        running.IsCompletedSuccessfully.ShouldBeTrue();
        _cluster.Clock.Pending.ShouldBe(0);
    }

    private void Pass(long milliseconds) => Do(() => _cluster.Clock.AdvanceMs(milliseconds));

    private void Do(Action action) => Do(() =>
    {
        action();
        return true;
    });

    private T Do<T>(Func<T> action)
    {
        var result = default(T);
        _thread.Post(_ => result = action(), null);
        _thread.Run(TimeSpan.Zero, () => false, () => { });
        return result!;
    }
}
