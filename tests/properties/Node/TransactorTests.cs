using Kms.Core;
using Kms.Core.Attestation;
using Kms.Core.Audit;
using Kms.Core.Membership;
using Kms.Core.Node;
using Kms.Core.Node.Chain;
using Kms.Core.Node.Odyn;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Properties.Fakes;
using Kms.Sim.Chain;

namespace Kms.Properties.Node;

/// <summary>How long and how often the node tries to make a registry call. Chain and Odyn answer within the call.</summary>
public sealed class TransactorTests : IDisposable
{
    private readonly TestWorld _world = new(1, 1);
    private readonly TappedChain _chain;
    private readonly TestEnclave _enclave;
    private readonly TrustedTime _time;
    private readonly AuditLog _audit;
    private readonly Transactor _transactor;

    public TransactorTests()
    {
        _world.AutoMine = false;
        _world.Sim.Ledger.Fund(_world.Wallet(1));
        _chain = _world.NewChain();
        _enclave = _world.NewEnclave(1);
        _time = _world.NewTrustedTime();
        _audit = new AuditLog(_world.Clock, null);
        _transactor = new Transactor(
            _chain, new BoundedOdyn(_enclave.Odyn, TestErrors.Guard(_world.Clock)), _world.Wallet(1), _world.Clock, _time, _audit);
    }

    public void Dispose()
    {
        _enclave.Dispose();
        _world.Dispose();
    }

    [Fact]
    public void Calls_are_made_until_their_limit_is_pending()
    {
        for (byte i = 1; i <= Limits.MaxPendingCalls; i++)
        {
            Propose(i).ShouldBeNull();
        }

        Propose(Limits.MaxPendingCalls + 1).ShouldBe(ChainFailure.Unavailable);
        _transactor.Minable.Count.ShouldBe(Limits.MaxPendingCalls);
        Submissions.ShouldBe(Limits.MaxPendingCalls);
    }

    [Fact]
    public void A_transaction_that_is_not_mined_is_sent_again_after_its_time_for_as_long_as_the_call_is_wanted()
    {
        Propose(1).ShouldBeNull();
        for (int sent = 1; sent < 5; sent++)
        {
            _world.PassMs(Limits.ResendAfterMs - 1);
            Propose(1).ShouldBeNull();
            Submissions.ShouldBe(sent, "a millisecond is missing");
            _world.PassMs(1);
            Propose(1).ShouldBeNull();
            Submissions.ShouldBe(sent + 1);
            _transactor.Minable.Count.ShouldBe(1, "the same one");
        }
    }

    [Fact]
    public void A_transaction_that_has_had_its_time_is_replaced_at_the_same_nonce_with_a_fee_that_replaces_it()
    {
        Propose(1).ShouldBeNull();
        _world.PassMs(Limits.ReplaceCallAfterMs - 1);
        Propose(1).ShouldBeNull();
        Transactions().Count.ShouldBe(1, "a millisecond is missing");
        _world.PassMs(1);
        Propose(1).ShouldBeNull();

        var sent = Transactions();
        sent.Count.ShouldBe(2);
        sent[1].Nonce.ShouldBe(sent[0].Nonce);
        (sent[1].Fee * 8).ShouldBeGreaterThan(sent[0].Fee * 9);
        _transactor.Minable.Count.ShouldBe(2, "either may still be mined");
    }

    /// <summary>After a restart in the same enclave: the node remembers nothing of what its wallet has in the mempool.</summary>
    [Fact]
    public void A_transaction_that_pays_less_than_a_forgotten_one_is_replaced_at_once_until_it_pays_more()
    {
        const ulong least = 20;
        var forgotten = new SimTransaction(Views.Hash(99), _world.Wallet(1), 0, 18, new SimCall.Propose(Views.Hash(2), 1), 0);
        _world.Sim.Ledger.Submit(forgotten).ShouldBeTrue();
        int turns = 0;
        while (Transactions().Count == 0 || Transactions()[^1].Fee < least)
        {
            Propose(1).ShouldBeNull();
            Transactions().Count.ShouldBe(++turns, "one more each time it is asked, without waiting");
        }

        Transactions().Select(one => one.Nonce).Distinct().Count().ShouldBe(1);
        Propose(1).ShouldBeNull();
        Transactions().Count.ShouldBe(turns, "this one was taken, and has its time");
        _world.Mine();
        _world.Contracts.Kms.Proposal!.Hash.ShouldBe(Views.Hash(1));
    }

    [Fact]
    public void Another_call_takes_the_nonce_of_one_that_the_network_swallowed()
    {
        Propose(1).ShouldBeNull();
        Propose(2).ShouldBeNull();

        var sent = Transactions();
        sent[1].Nonce.ShouldBe(sent[0].Nonce);
        sent[1].Fee.ShouldBeGreaterThan(sent[0].Fee);
    }

    [Fact]
    public void A_call_is_replaced_its_limit_of_times_and_its_newest_transaction_is_sent_for_ever()
    {
        Propose(1).ShouldBeNull();
        for (int i = 0; i < Limits.MaxReplacements + 5; i++)
        {
            _world.PassMs(Limits.ReplaceCallAfterMs);
            Propose(1).ShouldBeNull();
        }

        Transactions().Count.ShouldBe(1 + Limits.MaxReplacements);
        int before = Submissions;
        _world.PassMs(Limits.ResendAfterMs);
        Propose(1).ShouldBeNull();
        Submissions.ShouldBe(before + 1);
        Transactions().Count.ShouldBe(1 + Limits.MaxReplacements);
    }

    [Fact]
    public void One_look_asks_for_a_bounded_number_of_receipts_and_the_next_for_others()
    {
        for (byte i = 1; i <= Limits.MaxReceiptsPerTurn + 4; i++)
        {
            Propose(i).ShouldBeNull();
        }

        int asked = _chain.CallsOf(nameof(IChain.FindReceiptAsync));
        Refresh();
        (_chain.CallsOf(nameof(IChain.FindReceiptAsync)) - asked).ShouldBe(Limits.MaxReceiptsPerTurn);
        Refresh();
        _chain.ReceiptsAskedFor.Count.ShouldBe(Limits.MaxReceiptsPerTurn + 4);
    }

    [Fact]
    public void A_statement_lives_for_its_time_and_is_minable_until_the_final_view_is_past_its_deadline()
    {
        long deadline = State();

        Refresh(deadline);
        _transactor.Minable.Count.ShouldBe(1);
        _transactor.Unfunded.ShouldNotBeNull();
        Refresh(deadline + 1);
        _transactor.Minable.ShouldBeEmpty();
        _transactor.Unfunded.ShouldBeNull();
    }

    [Fact]
    public void A_statement_is_signed_anew_when_little_of_its_time_is_left_and_not_before()
    {
        long deadline = State();

        // The last millisecond of the second before.
        _world.PassMs(((deadline - Limits.StatementRenewBeforeSeconds) * 1000) - 1 - _time.NowMs);
        Propose(1).ShouldBe(ChainFailure.Unfunded);
        Statements().Count.ShouldBe(1);

        _world.PassMs(1);
        Propose(1).ShouldBe(ChainFailure.Unfunded);
        Statements().Count.ShouldBe(2);
        Statements()[1].ShouldEndWith($":{deadline - Limits.StatementRenewBeforeSeconds + Limits.StatementLifeSeconds}");
    }

    private long State()
    {
        _world.Sim.Ledger.Defund(_world.Wallet(1));
        long deadline = (_time.NowMs / 1000) + Limits.StatementLifeSeconds;
        Propose(1).ShouldBe(ChainFailure.Unfunded);
        Statements().ShouldHaveSingleItem().ShouldEndWith($":{deadline}");
        return deadline;
    }

    private List<string> Statements() => [.. _audit.Events.Where(one => one.Kind == AuditKind.StatementSigned).Select(one => one.Detail)];

    private int Submissions => _chain.CallsOf(nameof(IChain.SubmitAsync));

    private List<SimTransaction> Transactions() => _chain.Submitted;

    private ChainFailure? Propose(byte number) =>
        Run(_transactor.ProposeAsync(Epoch.From(1), Views.Hash(number), default)).Failure;

    private void Refresh(long finalSeconds = 0)
    {
        var view = Views.View(Views.Kms());
        var final = view.AtFinal with { At = view.Final with { TimestampSeconds = (ulong)finalSeconds } };
        Run(RefreshAsync(new ChainView(final, view.AtLatest)));
    }

    private async Task<bool> RefreshAsync(ChainView view)
    {
        await _transactor.RefreshAsync(view, default);
        return true;
    }

    private static T Run<T>(Task<T> task)
    {
        task.IsCompleted.ShouldBeTrue();
        return task.GetAwaiter().GetResult();
    }
}
