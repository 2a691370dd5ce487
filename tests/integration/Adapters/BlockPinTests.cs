using System.Text.Json.Nodes;
using Kms.Adapters.Ethereum;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Devnet.Chain;
using Kms.Integration.Support;
using static Kms.Integration.Adapters.MembershipReadTests;

namespace Kms.Integration.Adapters;

/// <summary>All facts come from the pinned block, whatever the RPC can do; only another hash proves a reorg (design §3).</summary>
public sealed class BlockPinTests
{
    private static readonly WalletAddress Self = Registries.Wallet(1);

    public static TheoryData<string> Rpcs => ["honours pins", "refuses pins", "ignores pins"];

    [Theory]
    [MemberData(nameof(Rpcs))]
    public async Task A_read_shows_the_pinned_block_and_none_later(string rpc)
    {
        await using var registries = await Registries.StartAsync();
        await using var proxy = Proxy(registries, rpc);
        using var chain = registries.Chain(rpc: proxy.Url);
        var before = Get(await chain.GetHeadAsync(Finality.Latest, default));
        await registries.RegisterAsync(Self);
        var after = Get(await chain.GetHeadAsync(Finality.Latest, default));

        for (int round = 0; round < 3; round++)
        {
            Get(await chain.ReadRegistryAsync(before, Self, default)).Operators.ShouldBeEmpty();
            Get(await chain.ReadRegistryAsync(after, Self, default)).Operators.Count.ShouldBe(1);
            Get(await chain.ReadWalletAsync(before, Self, default)).Instance.ShouldBeNull();
            Get(await chain.ReadWalletAsync(after, Self, default)).Instance.ShouldNotBeNull();
        }
    }

    [Theory]
    [MemberData(nameof(Rpcs))]
    public async Task A_replaced_block_is_Reorged(string rpc)
    {
        await using var registries = await Registries.StartAsync();
        await using var proxy = Proxy(registries, rpc);
        using var chain = registries.Chain(rpc: proxy.Url);
        await registries.RegisterAsync(Self);
        var pin = Get(await chain.GetHeadAsync(Finality.Latest, default));
        Get(await chain.ReadRegistryAsync(pin, Self, default)).Operators.Count.ShouldBe(1);

        await registries.Anvil.ReorgAsync(1);

        (await chain.ReadRegistryAsync(pin, Self, default)).Failure.ShouldBe(ChainFailure.Reorged);
        (await chain.ReadWalletAsync(pin, Self, default)).Failure.ShouldBe(ChainFailure.Reorged);
        (await chain.ReadAppRegistryRootAsync(pin, default)).Failure.ShouldBe(ChainFailure.Reorged);
        var now = Get(await chain.GetBlockAsync(pin.Number, default));
        now.Hash.ShouldNotBe(pin.Hash);
        Get(await chain.ReadRegistryAsync(now, Self, default)).Operators.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Rpcs))]
    public async Task A_block_that_is_not_found_proves_nothing(string rpc)
    {
        await using var registries = await Registries.StartAsync();
        await using var proxy = Proxy(registries, rpc);
        using var chain = registries.Chain(rpc: proxy.Url);
        var head = Get(await chain.GetHeadAsync(Finality.Latest, default));

        var ahead = head with { Number = head.Number + 5 };
        (await chain.ReadRegistryAsync(ahead, Self, default)).Failure.ShouldBe(ChainFailure.Unavailable);
        (await chain.ReadWalletAsync(ahead, Self, default)).Failure.ShouldBe(ChainFailure.Unavailable);
    }

    [Fact]
    public async Task A_withheld_block_is_Unavailable_even_when_its_hash_is_said_not_to_be_found()
    {
        await using var registries = await Registries.StartAsync();
        bool withhold = false;
        await using var proxy = new RpcProxy(registries.Anvil.Url, call => !withhold ? null
            : RpcProxy.HashPin(call) is not null ? RpcProxy.Error(-32001, "block not found")
            : call["method"]!.GetValue<string>() == "eth_getBlockByNumber" ? new JsonObject { ["result"] = null }
            : null);
        using var chain = registries.Chain(rpc: proxy.Url);
        var head = Get(await chain.GetHeadAsync(Finality.Latest, default));
        Get(await chain.ReadRegistryAsync(head, Self, default));

        withhold = true;
        (await chain.ReadRegistryAsync(head, Self, default)).Failure.ShouldBe(ChainFailure.Unavailable);
        (await chain.GetHeadAsync(Finality.Latest, default)).Failure.ShouldBe(ChainFailure.Unavailable);

        withhold = false;
        Get(await chain.ReadRegistryAsync(head, Self, default));
    }

    [Fact]
    public async Task An_Rpc_that_serves_replaced_blocks_by_hash_does_not_hide_the_reorg()
    {
        // Helios ignores requireCanonical and answers calls pinned to a block that is no longer in the chain. Played
        // here by taking such calls as calls at the height of the pin, except for the hash that is no block's.
        await using var registries = await Registries.StartAsync();
        var pinned = default(BlockRef);
        await using var proxy = new RpcProxy(registries.Anvil.Url, call =>
        {
            if (RpcProxy.HashPin(call) is { } pin && pin["blockHash"]!.GetValue<string>() == pinned.Hash.ToString())
            {
                call["params"]!.AsArray()[^1] = $"0x{pinned.Number:x}";
            }

            return null;
        });
        using var chain = registries.Chain(rpc: proxy.Url);
        await registries.RegisterAsync(Self);
        pinned = Get(await chain.GetHeadAsync(Finality.Latest, default));
        Get(await chain.ReadRegistryAsync(pinned, Self, default));

        await registries.Anvil.ReorgAsync(1);

        (await chain.ReadRegistryAsync(pinned, Self, default)).Failure.ShouldBe(ChainFailure.Reorged);
    }

    [Fact]
    public async Task An_Rpc_of_another_chain_is_not_believed()
    {
        await using var registries = await Registries.StartAsync();
        using var chain = new EthereumChain(new EthereumChainOptions(
            [registries.Anvil.Url], new ChainIdentity(84532, registries.Kms), new FinalityRule.Depth(2)));

        var head = await chain.GetHeadAsync(Finality.Latest, default);

        head.Failure.ShouldBe(ChainFailure.Unavailable);
        head.Detail.ShouldNotBeNull().ShouldContain("chain 31337, not 84532");
    }

    [Fact]
    public async Task The_next_Rpc_is_used_after_one_failed()
    {
        await using var registries = await Registries.StartAsync();
        using var chain = new EthereumChain(new EthereumChainOptions(
            [new Uri("http://127.0.0.1:1"), registries.Anvil.Url], registries.Identity, new FinalityRule.Depth(2)));

        (await chain.GetHeadAsync(Finality.Latest, default)).Failure.ShouldBe(ChainFailure.Unavailable);
        var head = Get(await chain.GetHeadAsync(Finality.Latest, default));
        Get(await chain.ReadRegistryAsync(head, Self, default));
    }

    [Fact]
    public async Task No_contract_at_the_address_is_Unavailable()
    {
        await using var anvil = await AnvilProcess.StartAsync(0, [], default);
        using var chain = new EthereumChain(new EthereumChainOptions(
            [anvil.Url], new ChainIdentity(AnvilProcess.DefaultChainId, Registries.Wallet(5)), new FinalityRule.Depth(2)));
        var head = Get(await chain.GetHeadAsync(Finality.Latest, default));

        var read = await chain.ReadRegistryAsync(head, Self, default);

        read.Failure.ShouldBe(ChainFailure.Unavailable);
        read.Detail.ShouldNotBeNull().ShouldContain("no contract");
    }

    private static RpcProxy Proxy(Registries registries, string rpc) => new(registries.Anvil.Url, rpc switch
    {
        "refuses pins" => RpcProxy.RefuseHashPins,
        "ignores pins" => RpcProxy.IgnoreHashPins,
        _ => static _ => null,
    });
}
