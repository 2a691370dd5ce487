using Kms.Core.Membership;
using Kms.Core.Replication;
using Kms.Core.Store;

namespace Kms.Properties.Fakes;

/// <summary>A store and its replicator on a memory network.</summary>
internal sealed class TestNode
{
    /// <param name="start">Which start of the node this is: another start is another incarnation.</param>
    public TestNode(MemoryNetwork network, ManualClock clock, int number, Func<StoreOptions, StoreOptions>? with = null, int start = 0)
    {
        Number = number;
        Peer = TestPeer.Of(number);
        Data = new TestStore(clock, number + (1_000 * start), with);
        Replicator = new Replicator(Data.Store, network.ChannelOf(this), clock, TestErrors.Of(clock));
        network.Join(this);
    }

    public int Number { get; }

    public VerifiedPeer Peer { get; }

    public TestStore Data { get; }

    public Replicator Replicator { get; }

    public RecordStore Store => Data.Store;

    public Task<TestRound> RoundAsync(params TestNode[] members) =>
        RoundAsync([.. members.Where(member => member != this).Select(member => member.Peer)]);

    /// <summary>What the node's loops do by themselves, in one go: house, join or a round with everybody, house.</summary>
    public async Task<TestRound> RoundAsync(IReadOnlyList<VerifiedPeer> peers)
    {
        var (sequence, repairs) = (Store.Sequence, Replicator.Stats().Repairs);
        Replicator.Publish(new ReplicationMembers(peers, [TestStore.One]));
        var links = Replicator.TakeMembersIn().ShouldNotBeNull();
        Store.Expire();
        await Replicator.JoinAsync(() => { });
        await Task.WhenAll([.. links.Select(Replicator.FollowAsync)]);
        Replicator.KeepHouse();
        return new TestRound(
            Replicator.Stats().Peers.Count(peer => peer.LastFailure is null),
            (int)(Store.Sequence - sequence),
            (int)(Replicator.Stats().Repairs - repairs));
    }

    /// <summary>What a write makes the node's workers do at once.</summary>
    public Task PushAsync() => Task.WhenAll([.. Replicator.TakeMembersIn().ShouldNotBeNull().Select(Replicator.PushAsync)]);

    public TestRound Round(params TestNode[] members)
    {
        var round = RoundAsync(members);
        round.IsCompleted.ShouldBeTrue();
        return round.GetAwaiter().GetResult();
    }
}

/// <summary>What one round did.</summary>
/// <param name="Reached">Members that answered to the end.</param>
/// <param name="Received">Records that it stored.</param>
/// <param name="Repairs">Digest repairs run: something had slipped through.</param>
internal sealed record TestRound(int Reached, int Received, int Repairs);
