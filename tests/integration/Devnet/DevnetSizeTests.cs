using Kms.Devnet;
using Kms.Integration.Support;

namespace Kms.Integration.Devnet;

/// <summary>Must show 3: devnets of other sizes become ready too, and hold one secret.</summary>
public sealed class DevnetSizeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_devnet_of_this_size_becomes_ready_with_one_secret(int nodes)
    {
        await using var devnet = await DevnetCluster.StartAsync(
            new DevnetOptions { Nodes = nodes, File = null }, _ => { }, CancellationToken.None);
        devnet.Nodes.Count.ShouldBe(nodes);
        devnet.Nodes.ShouldAllBe(node => node.IsReady);
        devnet.Nodes.Select(node => Convert.ToHexString(MasterSecrets.Of(node))).Distinct().Count().ShouldBe(1);
        devnet.Nodes.Select(node => node.Wallet).Distinct().Count().ShouldBe(nodes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(33)]
    public async Task Other_sizes_are_refused_before_anything_starts(int nodes)
    {
        var error = await Should.ThrowAsync<DevnetException>(() =>
            DevnetCluster.StartAsync(new DevnetOptions { Nodes = nodes, File = null }, _ => { }, CancellationToken.None));
        error.Message.ShouldContain("--nodes must be 1 to 32");
    }
}
