using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Integration.Support;
using Kms.Sim.Chain;

namespace Kms.Integration.Differential;

/// <summary>
/// The bounds that random operations do not come near in a minute: a full list of operators and a full history. The real
/// and the simulated contract go there together, and a node reads what is there.
/// </summary>
public sealed class BoundsTests
{
    private static readonly AppId App = DifferentialWorld.App;

    [Fact]
    public async Task A_full_list_of_operators_takes_nobody_new_and_a_node_reads_it()
    {
        await using var world = await DifferentialWorld.StartAsync();
        WalletAddress[] wallets = [.. Enumerable.Range(1, Limits.MaxOperators + 1).Select(Registries.Wallet)];
        await world.MineAsync([.. wallets[..^2].Select(world.Registration)]);
        var (first, last, extra) = (wallets[0], wallets[^2], wallets[^1]);
        var platform = world.State.AppsAddress!.Value;

        (await world.MineAsync(
            [
                world.Registration(last),
                world.Registration(extra),
                (new SimCall.SyncOperator(extra), world.AppOwner),
                (new SimCall.AddOperator(extra, App.Value), platform),
                (new SimCall.AddOperator(first, App.Value), platform),
                (new SimCall.SyncOperator(first), world.AppOwner),
            ]))
            .ShouldBe([SimRevert.None, SimRevert.None, SimRevert.TooManyOperators, SimRevert.TooManyOperators, SimRevert.None, SimRevert.None]);
        world.State.Kms.Operators.ShouldBe(wallets[..^1]);
        (await world.ReadAsync()).Operators.Select(static record => record.Wallet).ShouldBe(wallets[..^1]);

        (await world.MineAsync(
            [
                (new SimCall.SetInstanceStatus(InstanceId.From(1), InstanceStatus.Stopped), world.AppOwner),
                (new SimCall.SyncOperator(extra), world.AppOwner),
            ]))
            .ShouldBe([SimRevert.None, SimRevert.None]);
        world.State.Kms.Operators.ShouldContain(extra);
        world.State.Kms.Operators.Length.ShouldBe(Limits.MaxOperators);
    }

    [Fact]
    public async Task A_full_history_wants_no_next_epoch_and_a_node_reads_it()
    {
        await using var world = await DifferentialWorld.StartAsync();
        var operators = Registries.Wallet(1);
        var rotation = (new SimCall.RequestRotation(), world.Owner);
        await world.MineAsync([world.Registration(operators), Proposal(1)]);
        await world.MineAsync([.. Enumerable.Range(2, Limits.MaxEpochs - 2).SelectMany(i => ((SimCall, WalletAddress)[])[rotation, Proposal(i)])]);
        world.State.Kms.Epochs.Length.ShouldBe(Limits.MaxEpochs - 1);

        (await world.MineAsync([Reset(), rotation, Proposal(Limits.MaxEpochs), rotation, (new SimCall.RequestRotation(), world.AppOwner), Reset(), Proposal(Limits.MaxEpochs + 1)]))
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
}
