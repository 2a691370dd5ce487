using Kms.Core.Primitives;
using Kms.Sim.Chain;

namespace Kms.Chaos;

/// <summary>The simulated contract names every kind of scheduled action; a number that it does not name is no action.</summary>
public sealed class ActionKindsTests
{
    private static readonly SimActionData[] Arguments =
        [SimActionData.Empty, SimActionData.From(0), SimActionData.From(1), SimActionData.From(Bytes32.Parse($"0x{1:x64}")), new([1])];

    [Fact]
    public void Every_kind_but_None_says_what_arguments_it_takes()
    {
        foreach (var kind in Enum.GetValues<SimActionKind>().Where(static kind => kind != SimActionKind.None))
        {
            Actions.Check(Empty(), kind, new SimActionData([1])).ShouldBe(SimRevert.BadActionData, $"{kind}");
        }
    }

    [Fact]
    public void None_and_a_kind_of_tomorrow_are_no_actions_whatever_comes_with_them()
    {
        foreach (var kind in (SimActionKind[])[SimActionKind.None, Enum.GetValues<SimActionKind>().Max() + 1, (SimActionKind)255])
        {
            foreach (var data in Arguments)
            {
                Actions.Check(Empty(), kind, data).ShouldBe(SimRevert.UnknownAction, $"{kind} with {data}");
            }

            Should.Throw<InvalidOperationException>(() =>
                Actions.Perform(Empty().Kms, new SimAction(kind, SimActionData.From(1), 0, 1, SimActionState.Scheduled), 1));
        }
    }

    private static ContractState Empty() => new(AppRegistryState.Empty, new KmsRegistryState
    {
        Owner = WalletAddress.Parse($"0x{1:x40}"),
        Guardian = WalletAddress.Parse($"0x{2:x40}"),
    });
}
