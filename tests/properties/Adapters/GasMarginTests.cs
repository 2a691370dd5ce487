using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kms.Adapters.Ethereum;
using Kms.Core;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Properties.Conventions;

namespace Kms.Properties.Adapters;

/// <summary>The margin that nodes add to an estimate against what Foundry measured (contracts/snapshots/transactions.json).</summary>
public sealed class GasMarginTests
{
    private const string Slow = "slowest registry, ";
    private static readonly RegistryCall Propose = new RegistryCall.Propose(default, Epoch.From(1));
    private static readonly RegistryCall Confirm = new RegistryCall.Confirm(1, default);
    private static readonly RegistryCall Sync = new RegistryCall.SyncOperator(default);

    public static TheoryData<string, string, uint> WorstRuns => new()
    {
        { nameof(Propose), Slow + "proposeMasterSecret: activates", 1 },
        { nameof(Propose), "proposeMasterSecret", 2 },
        { nameof(Confirm), Slow + "confirmMasterSecret: last of 2", 2 },
        { nameof(Confirm), "confirmMasterSecret: last of 3", 3 },
        { nameof(Confirm), Slow + "confirmMasterSecret: last of 16", 16 },
        { nameof(Sync), Slow + "syncOperator: lists", 2 },
    };

    [Theory]
    [MemberData(nameof(WorstRuns))]
    public void The_margin_alone_is_enough_for_the_worst_run(string call, string measured, uint target)
    {
        // An estimate of a call that reverted at once is that of a transaction which does nothing.
        const ulong LeastEstimate = 21_000;
        ulong limit = LeastEstimate + GasMargin.Of(Of(call), target);
        limit.ShouldBeGreaterThan(Measured(measured + ": needed"));
        limit.ShouldBeLessThan(Measured(measured + ": needed") * (measured.StartsWith(Slow, StringComparison.Ordinal) ? 2UL : 6UL), "and no more than it takes");
    }

    [Fact]
    public void What_a_run_uses_is_not_what_it_needs_and_a_third_more_is_not_enough()
    {
        ulong used = Measured("confirmMasterSecret: second of 3: used");
        ulong needed = Measured("confirmMasterSecret: last of 3: needed");
        (used + (used / 3)).ShouldBeLessThan(needed);
    }

    [Fact]
    public void The_greatest_target_fits_a_transaction_and_no_other_is_believed()
    {
        ulong greatest = GasMargin.Of(Confirm, GasMargin.MaxConfirmationTarget);
        (greatest + Measured(Slow + "confirmMasterSecret: last of 16: used")).ShouldBeGreaterThan((ulong)Limits.MaxTransactionGas);
        (greatest + Measured("confirmMasterSecret: last of 3: used")).ShouldBeLessThan((ulong)Limits.MaxTransactionGas);
        Measured(Slow + "confirmMasterSecret: last of 16: needed").ShouldBeLessThan((ulong)Limits.MaxTransactionGas);
        GasMargin.Of(Confirm, uint.MaxValue).ShouldBe(greatest);
        GasMargin.Of(Confirm, 0).ShouldBe(GasMargin.Of(Confirm, 1));
        GasMargin.Of(Propose, uint.MaxValue).ShouldBe(GasMargin.Of(Propose, 1));
        string contract = File.ReadAllText(Path.Combine(Source.Root, "contracts/src/base/Epochs.sol"));
        Regex.Match(contract, @"MAX_CONFIRMATION_TARGET = (\d+)").Groups[1].Value.ShouldBe($"{GasMargin.MaxConfirmationTarget}");
    }

    [Fact]
    public void The_documented_margins_are_the_ones_that_are_added()
    {
        string docs = File.ReadAllText(Path.Combine(Source.Root, "docs/contracts.md"));
        ulong each = GasMargin.Of(Confirm, 2) - GasMargin.Of(Confirm, 1);
        docs.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"{GasMargin.Of(Propose, 1):N0} gas more than the estimate"));
        docs.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"another {each:N0} for each other confirmation"));
        foreach (var (name, value) in JsonNode.Parse(File.ReadAllText(Path.Combine(Source.Root, "contracts/snapshots/transactions.json")))!.AsObject())
        {
            docs.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"{ulong.Parse(value!.GetValue<string>(), CultureInfo.InvariantCulture):N0}"), Case.Sensitive, name);
        }
    }

    private static RegistryCall Of(string name) => name switch
    {
        nameof(Propose) => Propose,
        nameof(Confirm) => Confirm,
        _ => Sync,
    };

    private static ulong Measured(string name) => ulong.Parse(
        JsonNode.Parse(File.ReadAllText(Path.Combine(Source.Root, "contracts/snapshots/transactions.json")))![name]!.GetValue<string>(), CultureInfo.InvariantCulture);
}
