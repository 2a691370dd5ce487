using System.Globalization;
using Kms.Devnet;
using Kms.Integration.Support;

namespace Kms.Integration.Cluster;

/// <summary>Findings C1 and H4 on a real chain: nodes that boot together end with one secret, whatever the block order.</summary>
[Collection(OwnDevnets.Name)]
public sealed class RacingProposalsTests
{
    private const int Runs = 20;
    private const int AtOnce = 4;
    private static readonly string Propose = HandMinedChain.Selector("proposeMasterSecret(bytes32,uint64)");

    [Fact]
    public async Task Two_proposals_in_one_block_end_with_one_secret_twenty_times_out_of_twenty()
    {
        // Clusters that wait for their own chain's blocks, a few side by side.
        await Parallel.ForAsync(0, Runs, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, static async (_, _) => await RaceAsync());
    }

    private static async Task RaceAsync()
    {
        HandMinedChain? chain = null;
        var stopped = new TaskCompletionSource();
        void OnProgress(string line)
        {
            // The devnet reports synchronously, so the miner stands still before the first node has had time to propose.
            if (line.StartsWith("devnet: chain ", StringComparison.Ordinal))
            {
                chain = new HandMinedChain(new Uri(line.Split(' ')[4].TrimEnd(',')));
            }
            else if (line.StartsWith("node 1: http", StringComparison.Ordinal))
            {
                chain!.StopMiningAsync().GetAwaiter().GetResult();
                stopped.SetResult();
            }
        }

        var options = new DevnetOptions { Nodes = 2, File = null, TickMs = 200, HeadPollMs = 50 };
        var starting = DevnetCluster.StartAsync(options, OnProgress, CancellationToken.None);
        if (await Task.WhenAny(stopped.Task, starting) == starting)
        {
            await starting;
        }

        stopped.Task.IsCompletedSuccessfully.ShouldBeTrue();
        using var mined = chain!;

        // The registrations become final; then both nodes see that an epoch is wanted and nobody has proposed.
        await mined.MineAsync((int)options.FinalityDepth);
        await mined.WaitForPendingAsync(Propose, count: 2);
        await mined.MineAsync();
        ulong raceBlock = await mined.Rpc.BlockNumberAsync(CancellationToken.None);
        var outcomes = new List<string>();
        foreach (var transaction in await mined.TransactionsAsync(raceBlock))
        {
            if (transaction["input"].Text!.StartsWith(Propose, StringComparison.Ordinal))
            {
                var receipt = await mined.Rpc.CallAsync("eth_getTransactionReceipt", [transaction["hash"].Text!], CancellationToken.None);
                outcomes.Add(receipt["status"].Text!);
            }
        }

        outcomes.Order(StringComparer.Ordinal).ShouldBe(["0x0", "0x1"]);
        while (!starting.IsCompleted)
        {
            await mined.MineAsync();
            await Task.WhenAny(starting, Task.Delay(100));
        }

        await using var devnet = await starting;
        devnet.Nodes.ShouldAllBe(node => node.IsReady);
        devnet.Nodes.Select(node => Core.Primitives.Hex.Encode(MasterSecrets.Of(node))).Distinct().Count().ShouldBe(1);
        (await mined.ReadNumberAsync(devnet.KmsRegistry, "epochCount()")).ShouldBe(1UL, raceBlock.ToString(CultureInfo.InvariantCulture));
    }
}
