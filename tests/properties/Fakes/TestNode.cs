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

    public Task<ReplicationRound> RoundAsync(params TestNode[] members) =>
        Replicator.RunRoundAsync(members.Where(member => member != this).Select(member => member.Peer).ToArray(), [TestStore.One], CancellationToken.None);

    public ReplicationRound Round(params TestNode[] members)
    {
        var round = RoundAsync(members);
        round.IsCompleted.ShouldBeTrue();
        return round.GetAwaiter().GetResult();
    }
}
