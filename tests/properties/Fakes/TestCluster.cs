using Kms.Core.Replication;

namespace Kms.Properties.Fakes;

/// <summary>Nodes 1..n that know each other, on one clock.</summary>
internal sealed class TestCluster
{
    public TestCluster(int nodes)
    {
        for (int i = 1; i <= nodes; i++)
        {
            Nodes.Add(new TestNode(Network, Clock, i));
        }
    }

    public ManualClock Clock { get; } = new();

    public MemoryNetwork Network { get; } = new();

    public List<TestNode> Nodes { get; } = [];

    public TestNode this[int number] => Nodes.Single(node => node.Number == number);

    public void Rounds(int count = 1)
    {
        for (int i = 0; i < count; i++)
        {
            foreach (var node in Nodes.ToArray())
            {
                node.Round([.. Nodes]);
            }
        }
    }

    /// <summary>Lets time pass in steps, with a round of every node after each.</summary>
    public void Live(TimeSpan duration, TimeSpan step)
    {
        for (var passed = TimeSpan.Zero; passed < duration; passed += step)
        {
            Clock.Advance(step);
            Rounds();
        }
    }

    /// <summary>Cuts the network into groups; messages within a group pass.</summary>
    public void Partition(params int[][] groups) =>
        Network.Fate = (from, to) => Array.Exists(groups, group => group.Contains(from) && group.Contains(to)) ? Fate.Deliver : Fate.LoseRequest;

    public void Heal() => Network.Fate = (_, _) => Fate.Deliver;

    public void ShouldHaveConverged()
    {
        Nodes.ShouldAllBe(node => node.Store.Digest() == Nodes[0].Store.Digest());
        Nodes.ShouldAllBe(node => node.Replicator.State == ReplicaState.Following);
    }
}
