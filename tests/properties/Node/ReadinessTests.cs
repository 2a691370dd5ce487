using FsCheck.Xunit;
using Kms.Core.Audit;
using Kms.Core.Membership;
using Kms.Core.Node;
using Kms.Core.Node.Chain;
using Kms.Core.Node.Odyn;
using Kms.Core.Node.Serving;
using Kms.Core.Primitives;
using Kms.Core.Secrets;
using Kms.Properties.Fakes;

namespace Kms.Properties.Node;

/// <summary>No path to Ready without each of its conditions. Invariant 7 of docs/invariants.md.</summary>
public sealed class ReadinessTests
{
    private static readonly WalletAddress Self = Views.Wallet(1);

    [Fact]
    public void All_conditions_together_make_a_node_ready() => ReadinessRule.Evaluate(Good()).ShouldBeOfType<Readiness.Ready>();

    [Theory]
    [InlineData("stopping", NotReadyReason.Stopping)]
    [InlineData("odyn unknown", NotReadyReason.Starting)]
    [InlineData("odyn silent", NotReadyReason.OdynUnavailable)]
    [InlineData("identity", NotReadyReason.IdentityChanged)]
    [InlineData("randomness", NotReadyReason.RandomnessBroken)]
    [InlineData("attestation", NotReadyReason.AttestationFailed)]
    [InlineData("deep reorg", NotReadyReason.DeepReorg)]
    [InlineData("no view", NotReadyReason.ChainUnavailable)]
    [InlineData("stale", NotReadyReason.ChainStale)]
    [InlineData("proposal blocks before the first epoch", NotReadyReason.Misconfigured)]
    [InlineData("stale final", NotReadyReason.ChainStale)]
    [InlineData("no time", NotReadyReason.Starting)]
    [InlineData("not a member at final", NotReadyReason.NotAMember)]
    [InlineData("not a member at latest", NotReadyReason.NotAMember)]
    [InlineData("measurement", NotReadyReason.AttestationFailed)]
    [InlineData("measurement unknown", NotReadyReason.AttestationFailed)]
    [InlineData("store", NotReadyReason.StoreFull)]
    [InlineData("missing", NotReadyReason.FetchingSecret)]
    [InlineData("candidate", NotReadyReason.FetchingSecret)]
    [InlineData("quarantined", NotReadyReason.SecretQuarantined)]
    [InlineData("another hash", NotReadyReason.FetchingSecret)]
    [InlineData("not at final", NotReadyReason.AwaitingConfirmations)]
    [InlineData("not at latest", NotReadyReason.AwaitingProposal)]
    [InlineData("unfunded", NotReadyReason.Unfunded)]
    public void Each_condition_is_needed_and_names_its_reason(string broken, NotReadyReason reason) =>
        ReadinessRule.Evaluate(Break(Good(), broken)).ShouldBeOfType<Readiness.NotReady>().Reason.ShouldBe(reason);

    [Property(MaxTest = 500)]
    public void Over_random_sequences_ready_is_reached_only_with_all_conditions_and_never_after_stopping(int seed)
    {
        var random = new Random(seed);
        var gate = new ReadinessGate(new AuditLog(new ManualClock(), null), null);
        string[] faults =
        [
            "stopping", "odyn silent", "identity", "randomness", "attestation", "deep reorg", "no view", "stale", "stale final",
            "not a member at final", "not a member at latest", "measurement", "store", "missing", "candidate", "quarantined", "another hash", "not at final",
        ];
        bool stopped = false;
        for (int step = 0; step < 30; step++)
        {
            string[] broken = [.. faults.Where(fault => random.Next(faults.Length * 2) == 0 && (fault != "stopping" || random.Next(4) == 0))];
            stopped |= broken.Contains("stopping");
            var facts = broken.Aggregate(Good(), Break);
            gate.MoveTo(ReadinessRule.Evaluate(facts with { IsStopping = facts.IsStopping }));

            (gate.Current is Readiness.Ready).ShouldBe(broken.Length == 0 && !stopped, string.Join(", ", broken));
        }
    }

    [Fact]
    public void The_default_epoch_that_derive_uses_is_the_final_view_s()
    {
        var kms = Views.Kms(Views.Active(1, 1), Views.Active(2, 2));
        var facts = Good() with
        {
            View = Views.View(kms, kms with { DefaultEpoch = Epoch.From(2) }),
            Held = [Held(1, 1, SecretState.Active), Held(2, 2, SecretState.Active)],
        };
        var ready = ReadinessRule.Evaluate(facts).ShouldBeOfType<Readiness.Ready>();
        ready.DefaultEpoch.ShouldBe(Epoch.From(1));
        ready.CurrentEpoch.ShouldBe(Epoch.From(2));
    }

    [Fact]
    public void Proposals_that_live_too_short_stop_no_service() =>
        ReadinessRule.Evaluate(Break(Good(), "proposal blocks")).ShouldBeOfType<Readiness.Ready>();

    [Fact]
    public void An_epoch_that_is_missing_takes_nothing_from_the_others()
    {
        // Epochs 2 and 3 were activated by one member alone, which hands them to nobody.
        var kms = Views.Kms(Views.Active(1, 1), Views.Active(2, 2), Views.Active(3, 3));
        var facts = Good() with { View = Views.View(kms), Held = [Held(1, 1, SecretState.Active), Held(2, 2, SecretState.Quarantined)] };

        var ready = ReadinessRule.Evaluate(facts).ShouldBeOfType<Readiness.Ready>();
        ready.KeysRefused.ShouldBeNull();
        ready.DefaultEpoch.ShouldBe(Epoch.From(1));
        ready.CurrentEpoch.ShouldBe(Epoch.From(1), "new records are sealed under what is here");
        ready.Missing.ShouldBe([Epoch.From(2), Epoch.From(3)]);
    }

    [Theory]
    [InlineData(nameof(SecretState.Candidate), NotReadyReason.FetchingSecret)]
    [InlineData(nameof(SecretState.Quarantined), NotReadyReason.SecretQuarantined)]
    public void Without_the_default_epoch_the_others_are_served_and_the_node_does_not_call_itself_ready(string state, NotReadyReason reason)
    {
        var kms = Views.Kms(Views.Active(1, 1), Views.Active(2, 2));
        var facts = Good() with { View = Views.View(kms), Held = [Held(1, 1, Enum.Parse<SecretState>(state)), Held(2, 2, SecretState.Active)] };

        var ready = ReadinessRule.Evaluate(facts).ShouldBeOfType<Readiness.Ready>();
        ready.KeysRefused.ShouldNotBeNull().Reason.ShouldBe(reason);
        ready.CurrentEpoch.ShouldBe(Epoch.From(2));
    }

    [Fact]
    public void All_conditions_together_serve_everything()
    {
        var ready = ReadinessRule.Evaluate(Good());
        ready.KeysRefused.ShouldBeNull();
        ready.ReadsRefused.ShouldBeNull();
        ready.WritesRefused.ShouldBeNull();
    }

    [Fact]
    public void A_node_that_has_not_caught_up_serves_keys_and_writes_and_denies_nothing()
    {
        var ready = ReadinessRule.Evaluate(Good() with { IsCaughtUp = false }).ShouldBeOfType<Readiness.Ready>();
        ready.KeysRefused.ShouldBeNull();
        ready.ReadsRefused.ShouldNotBeNull().Reason.ShouldBe(NotReadyReason.CatchingUp);
        ready.WritesRefused.ShouldBeNull();
    }

    [Fact]
    public void An_isolated_node_serves_keys_and_reads_and_takes_no_write()
    {
        var ready = ReadinessRule.Evaluate(Good() with { AcceptsWrites = false }).ShouldBeOfType<Readiness.Ready>();
        ready.KeysRefused.ShouldBeNull();
        ready.ReadsRefused.ShouldBeNull();
        ready.WritesRefused.ShouldNotBeNull().Reason.ShouldBe(NotReadyReason.Isolated);
    }

    [Theory]
    [InlineData("stopping")]
    [InlineData("stale")]
    [InlineData("missing")]
    public void Who_is_not_ready_serves_nothing_and_for_one_reason(string broken)
    {
        var facts = Break(Good() with { IsCaughtUp = false, AcceptsWrites = false }, broken);
        var not = ReadinessRule.Evaluate(facts).ShouldBeOfType<Readiness.NotReady>();
        not.KeysRefused.ShouldBe(not);
        not.ReadsRefused.ShouldBe(not);
        not.WritesRefused.ShouldBe(not);
    }

    private static ReadinessFacts Good() => new(
        false, OdynHealth.Good, false, Views.View(Views.Kms(Views.Active(1, 1))), null, Self, Views.Measurement, 10,
        [Held(1, 1, SecretState.Active)], null, false, true, true);

    private static HeldSecret Held(ulong epoch, byte hash, SecretState state) => new(Epoch.From(epoch), Views.Hash(hash), state, true, 0);

    private static ReadinessFacts Break(ReadinessFacts facts, string how) => how switch
    {
        "stopping" => facts with { IsStopping = true },
        "odyn unknown" => facts with { Odyn = OdynHealth.Unknown },
        "odyn silent" => facts with { Odyn = OdynHealth.Unavailable },
        "identity" => facts with { Odyn = OdynHealth.IdentityChanged },
        "randomness" => facts with { Odyn = OdynHealth.RandomnessBroken },
        "attestation" => facts with { Odyn = OdynHealth.AttestationFailed },
        "deep reorg" => facts with { IsDeepReorg = true },
        "no view" => facts with { View = null },
        "stale" => facts with { Staleness = HeadStaleness.Latest },
        "stale final" => facts with { Staleness = HeadStaleness.Final },
        "no time" => facts with { Staleness = HeadStaleness.NoTrustedTime },
        "proposal blocks" => facts with { FinalityDepthBlocks = 34 },
        "proposal blocks before the first epoch" => facts with { FinalityDepthBlocks = 34, View = Views.View(Views.Kms()), Held = [] },
        "not a member at final" => facts with { View = facts.View is { } view ? view with { AtFinal = view.AtFinal with { Operators = [] } } : null },
        "not a member at latest" => facts with { View = facts.View is { } view ? view with { AtLatest = view.AtLatest with { Operators = [] } } : null },
        "measurement" => facts with { OwnMeasurement = Views.Hash(8) },
        "measurement unknown" => facts with { OwnMeasurement = null },
        "store" => facts with { IsStoreFull = true },
        "missing" => facts with { Held = [] },
        "candidate" => facts with { Held = [Held(1, 1, SecretState.Candidate)] },
        "quarantined" => facts with { Held = [Held(1, 1, SecretState.Quarantined)] },
        "another hash" => facts with { Held = [Held(1, 9, SecretState.Active)] },
        "not at final" => facts with { View = facts.View is { } view ? view with { AtFinal = view.AtFinal with { Kms = Views.Kms() } } : null },
        "not at latest" => facts with { View = facts.View is { } view ? view with { AtLatest = view.AtLatest with { Kms = Views.Kms() } } : null },
        "unfunded" => facts with { View = Views.View(Views.Kms()), Held = [], Unfunded = new UnfundedNotice(Self, "statement", "0x") },
        _ => throw new ArgumentOutOfRangeException(nameof(how)),
    };
}
