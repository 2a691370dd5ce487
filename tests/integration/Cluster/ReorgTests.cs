using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Kms.Adapters;
using Kms.Adapters.Ethereum;
using Kms.Adapters.Transport;
using Kms.Client;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Devnet;
using Kms.Integration.Support;

namespace Kms.Integration.Cluster;

/// <summary>The two-views rule on a real chain that really replaces blocks (design §4).</summary>
[Collection(OwnDevnets.Name)]
public sealed class ReorgTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_right_that_exists_only_at_latest_and_is_reorganised_away_is_never_honoured()
    {
        await using var devnet = await StartAsync(nodes: 1);
        using var chain = new HandMinedChain(devnet.RpcUrl);
        using var wallet = EthereumPrivateKey.Import(RandomNumberGenerator.GetBytes(32));
        TeePrivateKey.TryImport([0, .. RandomNumberGenerator.GetBytes(47)], out var tee).ShouldBeTrue();
        using var identity = new LocalAppIdentity(wallet, tee!);
        await chain.StopMiningAsync();

        await RegisterAsync(devnet, chain, wallet.Wallet, tee!.PublicKey);
        (await DeriveAsync(devnet, identity)).ShouldBe((KmsFailure.Refused, "unknown_wallet"), "the final view does not show it");
        await chain.ReplaceNewestAsync(blocks: 1);
        (await DeriveAsync(devnet, identity)).ShouldBe((KmsFailure.Refused, "unknown_wallet"), "it is gone at both views");
        for (int block = 0; block < 6; block++)
        {
            await chain.MineAsync();
            (await DeriveAsync(devnet, identity)).ShouldBe((KmsFailure.Refused, "unknown_wallet"), $"{block + 1} blocks after the reorg");
        }

        // The control: the same registration, left to become final, is a right.
        await RegisterAsync(devnet, chain, wallet.Wallet, tee.PublicKey);
        var granted = false;
        await MineUntilAsync(chain, async () => granted = await DeriveAsync(devnet, identity) == (null, string.Empty));
        granted.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task An_activation_that_is_dropped_and_included_again_leaves_a_cluster_that_has_its_secret(int depth)
    {
        await using var devnet = await StartAsync(nodes: 3);
        using var chain = new HandMinedChain(devnet.RpcUrl);
        await chain.StopMiningAsync();
        string owner = await chain.Rpc.FirstAccountAsync(None);
        await chain.Rpc.SendAsync(owner, devnet.KmsRegistry, Hex.Decode(HandMinedChain.Selector("requestRotation()")), None);
        await MineUntilAsync(chain, async () => await EpochsAsync(chain, devnet) == 2);
        var hash = await HashAsync(chain, devnet);

        // Depth 1 takes back the activation before it is final; depth 5 takes it back after nodes have used it.
        await chain.MineAsync(depth - 1);
        await Task.Delay(1_000);
        var dropped = await chain.RawTransactionsAsync(depth);
        dropped.ShouldNotBeEmpty();
        await chain.ReplaceNewestAsync(depth);
        (await EpochsAsync(chain, devnet)).ShouldBe(1UL);
        await Task.Delay(1_000);
        await SendAgainAsync(chain, dropped);
        await MineUntilAsync(chain, async () => await EpochsAsync(chain, devnet) == 2);
        (await HashAsync(chain, devnet)).ShouldBe(hash);

        await MineUntilAsync(chain, () => Task.FromResult(devnet.Nodes.All(node => node.IsReady && HoldsCurrent(node, hash))));
        devnet.Nodes.Select(node => Keccak256.Hash(MasterSecrets.Of(node))).Distinct().ShouldBe([hash]);
    }

    private static bool HoldsCurrent(DevnetNode node, Bytes32 hash) => node.Running!.Parts!.Membership.Usable?.AtFinal.Kms.Current?.Hash == hash;

    private static Task<DevnetCluster> StartAsync(int nodes) => DevnetCluster.StartAsync(
        new DevnetOptions { Nodes = nodes, File = null, TickMs = 200, HeadPollMs = 50 }, _ => { }, None);

    private static async Task RegisterAsync(DevnetCluster devnet, HandMinedChain chain, WalletAddress wallet, TeePublicKey key)
    {
        var registering = devnet.Contracts.RegisterAsync(devnet.App.App, devnet.App.Version, wallet, key, "https://late.example", None);
        while (!registering.IsCompleted)
        {
            var pool = await chain.Rpc.CallAsync("txpool_status", [], None);
            if (pool["pending"].Text != "0x0")
            {
                await chain.MineAsync();
            }

            await Task.WhenAny(registering, Task.Delay(50));
        }

        await registering;
    }

    private static async Task<(KmsFailure? Failure, string Code)> DeriveAsync(DevnetCluster devnet, LocalAppIdentity identity)
    {
        using var chain = new EthereumChain(new EthereumChainOptions(
            [devnet.RpcUrl], new ChainIdentity(devnet.ChainId, devnet.KmsRegistry), new FinalityRule.Depth(devnet.FinalityDepth)));
        using var transport = new PinnedHttpTransport(new PinnedHttpTransportOptions());
        var options = new KmsClientOptions { AddressExceptions = [.. devnet.Nodes.Select(node => node.EndPoint)] };
        var client = new KmsClient(identity, new ChainNodeDirectory(chain), transport, new SystemClock(), options);
        var result = await client.DeriveAsync(new DeriveRequest("late/key"), None);
        if (result.TryGet(out var key))
        {
            key.Dispose();
            return (null, string.Empty);
        }

        return (result.Failure?.Kind, result.Failure?.Code ?? string.Empty);
    }

    private static async Task MineUntilAsync(HandMinedChain chain, Func<Task<bool>> condition)
    {
        for (int blocks = 0; blocks < 200; blocks++)
        {
            if (await condition())
            {
                return;
            }

            await chain.MineAsync();
            await Task.Delay(150);
        }

        throw new TimeoutException("200 blocks were not enough");
    }

    private static async Task SendAgainAsync(HandMinedChain chain, IReadOnlyList<string> raw)
    {
        foreach (string transaction in raw)
        {
            try
            {
                await chain.Rpc.CallAsync("eth_sendRawTransaction", new JsonArray(transaction), None);
            }
            catch (DevnetException error) when (error.Message.Contains("already", StringComparison.Ordinal) || error.Message.Contains("nonce", StringComparison.Ordinal))
            {
                // A node was faster and sent its own transaction again: that is what it should do.
            }
        }
    }

    private static Task<ulong> EpochsAsync(HandMinedChain chain, DevnetCluster devnet) => chain.ReadNumberAsync(devnet.KmsRegistry, "epochCount()");

    private static async Task<Bytes32> HashAsync(HandMinedChain chain, DevnetCluster devnet)
    {
        var call = new JsonObject { ["to"] = devnet.KmsRegistry.ToString(), ["data"] = HandMinedChain.Selector("masterSecretHash()") };
        return Bytes32.Parse((await chain.Rpc.CallAsync("eth_call", [call, "latest"], None)).Text!);
    }
}
