using Kms.Properties.Fakes;

namespace Kms.Properties.Node;

/// <summary>Whole nodes over simulated ports. Invariants 1-6 of docs/invariants.md.</summary>
public sealed class ClusterBootTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(3, 1)]
    public void A_fresh_cluster_boots_by_itself(int nodes, int target)
    {
        using var world = new TestWorld(nodes, (uint)target);
        world.StartAll();

        world.RunUntil(world.AllReady, 120).ShouldBeTrue(world.Describe());

        world.Contracts.Kms.Epochs.Length.ShouldBe(1);
        world.Contracts.Kms.Epochs[0].Confirmations.ShouldBe((uint)target);
    }
}
