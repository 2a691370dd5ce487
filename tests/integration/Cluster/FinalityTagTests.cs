using Kms.Devnet;
using Kms.Integration.Support;

namespace Kms.Integration.Cluster;

/// <summary>Nodes whose final view is a tag of the chain, on a real chain whose tags trail.</summary>
[Collection(OwnDevnets.Name)]
public sealed class FinalityTagTests
{
    [Theory]
    [InlineData("safe", 3UL)]
    [InlineData("finalized", 6UL)]
    public async Task A_cluster_boots_with_a_tag_as_its_final_view_and_derives(string tag, ulong trails)
    {
        var options = new DevnetOptions { Nodes = 2, File = null, TickMs = 500, HeadPollMs = 200, FinalityDepth = 3, FinalityTag = tag };
        await using var devnet = await DevnetCluster.StartAsync(options, _ => { }, CancellationToken.None);

        using var chain = new Kms.Adapters.Ethereum.EthereumChain(new Kms.Adapters.Ethereum.EthereumChainOptions(
            [devnet.RpcUrl], new Kms.Core.Ports.ChainIdentity(devnet.ChainId, devnet.KmsRegistry), new Kms.Adapters.Ethereum.FinalityRule.Tag(tag)));
        (await chain.GetHeadAsync(Kms.Core.Ports.Finality.Final, default)).TryGet(out var final).ShouldBeTrue();
        (await chain.GetHeadAsync(Kms.Core.Ports.Finality.Latest, default)).TryGet(out var latest).ShouldBeTrue();
        (latest.Number - final.Number).ShouldBeInRange(trails, trails + 2, "the tag is what decides, and a block may have come in between");
    }
}
