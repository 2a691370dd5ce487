using Kms.Adapters.Ethereum;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Devnet.Chain;
using Kms.Integration.Support;
using Kms.Sim.Chain;
using Kms.Sim.Kernel;

namespace Kms.Integration.Differential;

/// <summary>Both contracts with one app of one version, where one confirmation is enough.</summary>
internal sealed class DifferentialWorld(AnvilProcess anvil, BatchRpc rpc, Players players, RegistryPair pair) : IAsyncDisposable
{
    private const int CallsOfABlock = 100;

    public static AppId App { get; } = AppId.From(1);

    public WalletAddress Owner => players.Owners[0];

    /// <summary>Owns the app, and is nobody to KMSRegistry.</summary>
    public WalletAddress AppOwner => players.Stranger;

    public WalletAddress Platform => players.Platform;

    /// <summary>Nobody to either contract.</summary>
    public WalletAddress Anyone => players.OtherRegistry;

    public ContractState State => pair.State;

    public static async Task<DifferentialWorld> StartAsync()
    {
        // Blocks of many calls, each of which asks for as much gas as any may need.
        var anvil = await AnvilProcess.StartAsync(
            0, ["--no-mining", "--order", "fifo", "--base-fee", "0", "--auto-impersonate", "--timestamp", "1800000000", "--gas-limit", "10000000000"], default);
        var players = new Players(new SimRandom(1));
        var rpc = new BatchRpc(anvil.Url);
        var pair = await RegistryPair.DeployAsync(rpc, players.Stranger, players.Platform, new KmsRegistryState
        {
            Owner = players.Owners[0],
            Guardian = players.Guardians[0],
            KmsApp = App.Value,
            Delay = 20,
            DelayFloor = 10,
            Measurements = [players.Measurements[0]],
        });
        await pair.PrepareAsync([new SimCall.EnrollVersion(App, players.Measurements[0])], players);
        return new DifferentialWorld(anvil, rpc, players, pair);
    }

    public (SimCall Call, WalletAddress Sender) Registration(WalletAddress wallet) =>
        (new SimCall.RegisterInstance(App, VersionId.From(1), wallet, "https://node.example", null, ZkVerified: true), AppOwner);

    /// <summary>These calls in this order, the first block so many seconds after the last; both contracts agree on each.</summary>
    public async Task<SimRevert[]> MineAsync(IReadOnlyList<(SimCall, WalletAddress)> calls, ulong seconds = 1)
    {
        var outcomes = new List<SimRevert>();
        foreach (var chunk in calls.Chunk(CallsOfABlock))
        {
            outcomes.AddRange(await pair.MineAsync(chunk, pair.Time + seconds, players));
        }

        return [.. outcomes];
    }

    /// <summary>What a node reads of the registry now.</summary>
    public async Task<RegistrySnapshot> ReadAsync()
    {
        using var chain = new EthereumChain(new EthereumChainOptions([anvil.Url], State.Identity!, new FinalityRule.Depth(2)));
        var head = await chain.GetHeadAsync(Finality.Latest, default);
        head.TryGet(out var at).ShouldBeTrue(head.Detail);
        var read = await chain.ReadRegistryAsync(at!, Registries.Wallet(1), default);
        read.TryGet(out var snapshot).ShouldBeTrue(read.Detail);
        return snapshot!;
    }

    public async ValueTask DisposeAsync()
    {
        rpc.Dispose();
        players.Dispose();
        await anvil.DisposeAsync();
    }
}
