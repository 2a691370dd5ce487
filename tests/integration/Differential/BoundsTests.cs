using Kms.Adapters.Ethereum;
using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Integration.Support;
using Kms.Sim.Chain;
using Kms.Sim.Kernel;

namespace Kms.Integration.Differential;

/// <summary>
/// The bounds that random operations do not come near in a minute: a full list of operators and a full history. The real
/// and the simulated contract go there together, and a node reads what is there.
/// </summary>
public sealed class BoundsTests
{
    private static readonly AppId App = AppId.From(1);

    [Fact]
    public async Task A_full_list_of_operators_takes_nobody_new_and_a_node_reads_it()
    {
        await using var world = await World.StartAsync();
        WalletAddress[] wallets = [.. Enumerable.Range(1, Limits.MaxOperators + 1).Select(Registries.Wallet)];
        await world.MineAsync([.. wallets[..^2].Select(world.Registration)]);
        var (first, last, extra) = (wallets[0], wallets[^2], wallets[^1]);
        var platform = world.State.AppsAddress!.Value;

        (await world.MineAsync(
            [
                world.Registration(last),
                world.Registration(extra),
                (new SimCall.SyncOperator(extra), world.Anyone),
                (new SimCall.AddOperator(extra, App.Value), platform),
                (new SimCall.AddOperator(first, App.Value), platform),
                (new SimCall.SyncOperator(first), world.Anyone),
            ]))
            .ShouldBe([SimRevert.None, SimRevert.None, SimRevert.TooManyOperators, SimRevert.TooManyOperators, SimRevert.None, SimRevert.None]);
        world.State.Kms.Operators.ShouldBe(wallets[..^1]);
        (await world.ReadAsync()).Operators.Select(static record => record.Wallet).ShouldBe(wallets[..^1]);

        (await world.MineAsync(
            [
                (new SimCall.SetInstanceStatus(InstanceId.From(1), InstanceStatus.Stopped), world.Anyone),
                (new SimCall.SyncOperator(extra), world.Anyone),
            ]))
            .ShouldBe([SimRevert.None, SimRevert.None]);
        world.State.Kms.Operators.ShouldContain(extra);
        world.State.Kms.Operators.Length.ShouldBe(Limits.MaxOperators);
    }

    [Fact]
    public async Task A_full_history_wants_no_next_epoch_and_a_node_reads_it()
    {
        await using var world = await World.StartAsync();
        var operators = Registries.Wallet(1);
        var rotation = (new SimCall.RequestRotation(), world.Owner);
        await world.MineAsync([world.Registration(operators), Proposal(1)]);
        await world.MineAsync([.. Enumerable.Range(2, Limits.MaxEpochs - 2).SelectMany(i => ((SimCall, WalletAddress)[])[rotation, Proposal(i)])]);
        world.State.Kms.Epochs.Length.ShouldBe(Limits.MaxEpochs - 1);

        (await world.MineAsync([Reset(), rotation, Proposal(Limits.MaxEpochs), rotation, (new SimCall.RequestRotation(), world.Anyone), Reset(), Proposal(Limits.MaxEpochs + 1)]))
            .ShouldBe(
            [
                SimRevert.None, SimRevert.None, SimRevert.None, SimRevert.TooManyEpochs, SimRevert.TooManyEpochs, SimRevert.TooManyEpochs, SimRevert.NoEpochWanted,
            ]);
        (await world.MineAsync([(new SimCall.Execute(1), world.Owner)], world.State.Kms.Delay)).ShouldBe([SimRevert.TooManyEpochs]);

        var read = (await world.ReadAsync()).Kms;
        read.Epochs.Count.ShouldBe(Limits.MaxEpochs);
        read.Epochs[^1].Hash.ShouldBe(Hash(Limits.MaxEpochs));
        read.Epochs.ShouldAllBe(static epoch => !epoch.Retired);
        read.NextEpochWanted.ShouldBeFalse();

        (SimCall, WalletAddress) Proposal(int number) => (new SimCall.Propose(Hash(number), (ulong)number), operators);
        (SimCall, WalletAddress) Reset() => (new SimCall.Schedule(SimActionKind.Reset, SimActionData.Empty), world.Owner);
    }

    private static Bytes32 Hash(int number) => Bytes32.Parse($"0x{0xfeed0000_0000 + number:x64}");

    /// <summary>Both contracts with one app of one version, where one confirmation is enough.</summary>
    private sealed class World(AnvilProcess anvil, BatchRpc rpc, Players players, RegistryPair pair) : IAsyncDisposable
    {
        private const int CallsOfABlock = 100;

        public WalletAddress Owner => players.Owners[0];

        public WalletAddress Anyone => players.Stranger;

        public ContractState State => pair.State;

        public static async Task<World> StartAsync()
        {
            // Blocks of many calls, each of which asks for as much gas as any may need.
            var anvil = await AnvilProcess.StartAsync(
                "--no-mining", "--order", "fifo", "--base-fee", "0", "--auto-impersonate", "--timestamp", "1800000000", "--gas-limit", "10000000000");
            var players = new Players(new SimRandom(1));
            var rpc = new BatchRpc(anvil.Url);
            var pair = await RegistryPair.DeployAsync(rpc, players.Stranger, new KmsRegistryState
            {
                Owner = players.Owners[0],
                Guardian = players.Guardians[0],
                KmsApp = App.Value,
                Delay = 20,
                DelayFloor = 10,
                Measurements = [players.Measurements[0]],
            });
            await pair.PrepareAsync([new SimCall.EnrollVersion(App, players.Measurements[0])], players);
            return new World(anvil, rpc, players, pair);
        }

        public (SimCall Call, WalletAddress Sender) Registration(WalletAddress wallet) =>
            (new SimCall.RegisterInstance(App, VersionId.From(1), wallet, "https://node.example", null, ZkVerified: true), Anyone);

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
}
