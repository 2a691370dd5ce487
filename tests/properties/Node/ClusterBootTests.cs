using Kms.Properties.Fakes;

namespace Kms.Properties.Node;

/// <summary>Whole nodes over fake ports. Invariants 1-6 of docs/invariants.md.</summary>
public sealed class ClusterBootTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(3, 1)]
    public void A_fresh_cluster_boots_by_itself(int nodes, int target)
    {
        using var cluster = new Cluster(nodes, (uint)target);
        cluster.StartAll();

        cluster.RunUntil(cluster.AllReady, 120).ShouldBeTrue(cluster.Describe());

        cluster.Chain.State.Epochs.Count.ShouldBe(1);
        cluster.Chain.State.Epochs[0].Confirmations.ShouldBe((uint)target);
    }
}
