using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Secrets;
using Kms.Properties.Fakes;

namespace Kms.Properties.Secrets;

/// <summary>Laws of the pure decision function over random situations. Invariants 1-5 and 11 of docs/invariants.md.</summary>
public sealed class SecretDecisionTests
{
    private static readonly WalletAddress Self = Views.Wallet(1);

    [Property(MaxTest = 3000)]
    public void Generate_only_when_wanted_at_both_views_and_nothing_is_open_and_this_node_may(int seed)
    {
        var situation = Situation(seed);
        foreach (var decision in SecretDecisions.Decide(situation).OfType<SecretDecision.Generate>())
        {
            MayPropose(situation, decision.Epoch).ShouldBeTrue();
            situation.Held.ShouldNotContain(held => held.Epoch == decision.Epoch && held.State == SecretState.Candidate
                && !held.ProposedAtFinal && held.Rejections < Limits.MaxProposeRejections
                && held.Hash != situation.View.AtFinal.Kms.Proposal!.Hash && held.Hash != situation.View.AtLatest.Kms.Proposal!.Hash);
        }
    }

    [Property(MaxTest = 3000)]
    public void Propose_only_an_unspent_candidate_under_the_same_conditions(int seed)
    {
        var situation = Situation(seed);
        foreach (var decision in SecretDecisions.Decide(situation).OfType<SecretDecision.Propose>())
        {
            MayPropose(situation, decision.Epoch).ShouldBeTrue();
            situation.Held.ShouldContain(held => held.Epoch == decision.Epoch && held.Hash == decision.Hash
                && held.State == SecretState.Candidate && !held.ProposedAtFinal);
            situation.Minable.ShouldNotContain(call => call.IsProposal && call.Hash == decision.Hash && !call.MayRepeat);
        }
    }

    [Property(MaxTest = 3000)]
    public void Confirm_only_what_is_held_and_open_at_both_views(int seed)
    {
        var situation = Situation(seed);
        foreach (var decision in SecretDecisions.Decide(situation).OfType<SecretDecision.Confirm>())
        {
            Eligible(situation).ShouldBeTrue();
            SecretDecisions.IsOpenAtBoth(situation.View, decision.Epoch, decision.Hash).ShouldBeTrue();
            situation.Held.ShouldContain(held => held.Epoch == decision.Epoch && held.Hash == decision.Hash);
        }
    }

    [Property(MaxTest = 3000)]
    public void Fetch_only_what_both_views_name_and_only_when_enrolled(int seed)
    {
        var situation = Situation(seed);
        foreach (var decision in SecretDecisions.Decide(situation).OfType<SecretDecision.Fetch>())
        {
            Eligible(situation).ShouldBeTrue();
            (SecretDecisions.IsActiveAtBoth(situation.View, decision.Epoch, decision.Hash)
                || SecretDecisions.IsOpenAtBoth(situation.View, decision.Epoch, decision.Hash)).ShouldBeTrue();
            decision.From.ShouldNotContain(peer => peer.Wallet == Self);
            decision.From.Count.ShouldBe(PeerAuthorizer.Members(situation.View).Count - 1, "all members are tried");
        }
    }

    [Property(MaxTest = 3000)]
    public void Use_begins_only_when_active_and_unretired_at_both_views_and_member_at_both(int seed)
    {
        var situation = Situation(seed);
        var begun = SecretDecisions.Decide(situation).Select(decision => decision switch
        {
            SecretDecision.Activate one => (one.Epoch, one.Hash),
            SecretDecision.Restore { To: SecretState.Active } one => (one.Epoch, one.Hash),
            _ => default((Epoch Epoch, Bytes32 Hash)),
        }).Where(one => !one.Epoch.IsDefault);
        foreach (var (epoch, hash) in begun)
        {
            Names(situation.View.AtFinal.Kms, epoch, hash).ShouldBeTrue();
            Names(situation.View.AtLatest.Kms, epoch, hash).ShouldBeTrue();
            PeerAuthorizer.Authorize(situation.View, Self).Peer.ShouldNotBeNull();
        }
    }

    [Property(MaxTest = 3000)]
    public void Use_ends_as_soon_as_either_view_does_not_show_it(int seed)
    {
        var situation = Situation(seed);
        var decisions = SecretDecisions.Decide(situation);
        foreach (var held in situation.Held.Where(held => held.State == SecretState.Active))
        {
            bool proven = Names(situation.View.AtFinal.Kms, held.Epoch, held.Hash) && Names(situation.View.AtLatest.Kms, held.Epoch, held.Hash)
                && PeerAuthorizer.Authorize(situation.View, Self).Peer is not null;
            bool ended = decisions.Any(decision =>
                decision is SecretDecision.Quarantine quarantine && quarantine.Epoch == held.Epoch && quarantine.Hash == held.Hash
                || decision is SecretDecision.Destroy destroy && destroy.Epoch == held.Epoch && destroy.Hash == held.Hash);
            (proven || ended).ShouldBeTrue();
        }
    }

    [Property(MaxTest = 5000)]
    public void Destroy_only_on_what_the_final_view_shows(int seed)
    {
        var situation = Situation(seed);
        var final = situation.View.AtFinal.Kms;
        foreach (var decision in SecretDecisions.Decide(situation).OfType<SecretDecision.Destroy>())
        {
            var settled = final.Find(decision.Epoch);
            var held = situation.Held.Single(one => one.Epoch == decision.Epoch && one.Hash == decision.Hash);
            bool allowed = decision.Reason switch
            {
                DestroyReason.EpochRetired => settled is { Retired: true },
                DestroyReason.AnotherHashActive => settled is not null && settled.Hash != decision.Hash,
                DestroyReason.ProposalExpired => settled is null && (held.ProposedAtFinal || final.Proposal?.Hash == decision.Hash)
                    && !(final.Proposal is { IsOpen: true } open && open.Hash == decision.Hash && open.Epoch == decision.Epoch)
                    && !situation.Minable.Any(call => call.Hash == decision.Hash),
                DestroyReason.Expelled => situation.ExpelledSinceMs is { } since && situation.NowMs - since >= Limits.ExpelledDestroyAfterMs
                    && PeerAuthorizer.Check(situation.View.AtFinal, Self) is not null,
                _ => false,
            };
            allowed.ShouldBeTrue(decision.ToString());
        }
    }

    [Property(MaxTest = 3000)]
    public void Whatever_latest_alone_shows_destroys_nothing(int seed)
    {
        // Take a situation in which the final view destroys nothing; no latest view whatsoever may change that.
        var situation = Situation(seed);
        var calm = situation with { View = new ChainView(situation.View.AtFinal, situation.View.AtFinal with { At = situation.View.Latest }) };
        if (SecretDecisions.Decide(calm).OfType<SecretDecision.Destroy>().Any())
        {
            return;
        }

        SecretDecisions.Decide(situation).OfType<SecretDecision.Destroy>().ShouldBeEmpty();
    }

    [Property(MaxTest = 2000)]
    public void Deciding_again_after_doing_it_finds_nothing_of_the_kind_left(int seed)
    {
        var situation = Situation(seed);
        for (int round = 0; round < 4; round++)
        {
            var held = situation.Held.ToList();
            foreach (var decision in SecretDecisions.Decide(situation))
            {
                Do(held, decision);
            }

            situation = situation with { Held = held };
        }

        SecretDecisions.Decide(situation)
            .Where(decision => decision is SecretDecision.Activate or SecretDecision.Quarantine or SecretDecision.Restore or SecretDecision.Destroy)
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_paused_app_expels_nobody()
    {
        var view = Views.View(Views.Kms(Views.Active(1, 1)));
        var paused = new ChainView(
            view.AtFinal with { App = new AppRecord(Views.App, AppStatus.Inactive) }, view.AtLatest with { App = new AppRecord(Views.App, AppStatus.Inactive) });
        SecretDecisions.IsExpelled(paused.AtFinal, Self).ShouldBeFalse();

        var situation = new SecretSituation(paused, Self, [Held(1, 1, SecretState.Active)], [], 0, Limits.ExpelledDestroyAfterMs * 2);
        SecretDecisions.Decide(situation).ShouldContain(new SecretDecision.Quarantine(Epoch.From(1), Views.Hash(1), QuarantineReason.NotAMember));
        SecretDecisions.Decide(situation).OfType<SecretDecision.Destroy>().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Limits.MaxCandidateSecrets - 1, true)]
    [InlineData(Limits.MaxCandidateSecrets, false)]
    public void No_secret_is_generated_while_its_limit_of_candidates_is_kept(int kept, bool generates)
    {
        // The registry would take none of them: each was refused too often.
        var spent = Enumerable.Range(1, kept).Select(i => Held(1, (byte)i, SecretState.Candidate) with { Rejections = Limits.MaxProposeRejections });
        var decisions = SecretDecisions.Decide(new SecretSituation(Views.View(Views.Kms()), Self, [.. spent], [], null, 0));
        decisions.ShouldBe([generates ? new SecretDecision.Generate(Epoch.From(1)) : new SecretDecision.Wait(WaitReason.TooManyCandidates)]);
    }

    [Theory]
    [InlineData(Limits.MaxProposeRejections - 1, true)]
    [InlineData(Limits.MaxProposeRejections, false)]
    public void A_candidate_is_proposed_until_it_was_refused_its_limit_of_times(int rejections, bool again)
    {
        var candidate = Held(1, 5, SecretState.Candidate) with { Rejections = rejections };
        var decisions = SecretDecisions.Decide(new SecretSituation(Views.View(Views.Kms()), Self, [candidate], [], null, 0));
        decisions.ShouldBe([again ? new SecretDecision.Propose(Epoch.From(1), Views.Hash(5)) : new SecretDecision.Generate(Epoch.From(1))]);
    }

    [Fact]
    public void The_proposer_is_asked_first()
    {
        var kms = Views.Kms() with { Proposal = Views.Open(1, 5, proposer: 3) };
        var fetch = SecretDecisions.Decide(new SecretSituation(Views.View(kms), Self, [], [], null, 0)).OfType<SecretDecision.Fetch>().Single();
        fetch.From.Select(peer => peer.Wallet).ShouldBe([Views.Wallet(3), Views.Wallet(2)]);
    }

    private static bool Names(KmsState kms, Epoch epoch, Bytes32 hash) =>
        kms.Epochs.Any(record => record.Epoch == epoch && record.Hash == hash && !record.Retired);

    private static bool Eligible(SecretSituation situation) => new[] { situation.View.AtFinal, situation.View.AtLatest }.All(at =>
        PeerAuthorizer.Check(at, Self) is null && at.Operators.Single(one => one.Wallet == Self).Version!.Status == VersionStatus.Enrolled);

    private static bool MayPropose(SecretSituation situation, Epoch epoch) => Eligible(situation)
        && new[] { situation.View.AtFinal, situation.View.AtLatest }.All(at =>
            at.Kms.NextEpochWanted && at.Kms.Proposal is not { IsOpen: true } && !at.Kms.ProposalsPaused
            && epoch.Value == (ulong)at.Kms.Epochs.Count + 1 && at.Self.BarredUntilBlock <= situation.View.Latest.Number + 1);

    private static HeldSecret Held(ulong epoch, byte hash, SecretState state) => new(Epoch.From(epoch), Views.Hash(hash), state, false, 0);

    private static void Do(List<HeldSecret> held, SecretDecision decision)
    {
        void Move(Epoch epoch, Bytes32 hash, SecretState to)
        {
            int at = held.FindIndex(one => one.Epoch == epoch && one.Hash == hash);
            SecretTransitions.Allows(held[at].State, to).ShouldBeTrue();
            held[at] = held[at] with { State = to };
            if (to == SecretState.Destroyed)
            {
                held.RemoveAt(at);
            }
        }

        switch (decision)
        {
            case SecretDecision.Activate one:
                Move(one.Epoch, one.Hash, SecretState.Active);
                break;
            case SecretDecision.Quarantine one:
                Move(one.Epoch, one.Hash, SecretState.Quarantined);
                break;
            case SecretDecision.Restore one:
                Move(one.Epoch, one.Hash, one.To);
                break;
            case SecretDecision.Destroy one:
                Move(one.Epoch, one.Hash, SecretState.Destroyed);
                break;
        }
    }

    /// <summary>Small worlds, so that coincidences between ring, views and calls are frequent.</summary>
    private static SecretSituation Situation(int seed)
    {
        var random = new Random(seed);
        var final = Snapshot(random, 100);
        var latest = random.Next(3) == 0 ? Snapshot(random, 102) : final with { At = Views.Block(102) };
        var held = new List<HeldSecret>();
        for (int i = random.Next(5); i > 0; i--)
        {
            var one = new HeldSecret(
                Epoch.From((ulong)random.Next(1, 4)), Views.Hash((byte)random.Next(1, 5)), (SecretState)random.Next(3), random.Next(3) == 0, random.Next(5));
            bool clash = held.Exists(other => other.Epoch == one.Epoch && (other.Hash == one.Hash || (other.State == SecretState.Active && one.State == SecretState.Active)));
            if (!clash)
            {
                held.Add(one);
            }
        }

        var minable = Enumerable.Range(0, random.Next(3)).Select(_ =>
            new MinableCall(Views.Hash((byte)random.Next(1, 5)), (ulong)random.Next(3), random.Next(2) == 0)).ToArray();
        long? expelled = random.Next(4) == 0 ? random.Next(2) * Limits.ExpelledDestroyAfterMs : null;
        return new SecretSituation(new ChainView(final, latest), Self, held, minable, expelled, 2 * Limits.ExpelledDestroyAfterMs - random.Next(2));
    }

    private static RegistrySnapshot Snapshot(Random random, ulong block)
    {
        var epochs = Enumerable.Range(1, random.Next(3)).Select(epoch => Views.Active((ulong)epoch, (byte)random.Next(1, 5), random.Next(4) == 0)).ToArray();
        var next = Views.Open((ulong)epochs.Length + 1, (byte)random.Next(1, 5), (byte)random.Next(1, 4), (ulong)random.Next(1, 3));
        var kms = Views.Kms(epochs) with
        {
            NextEpochWanted = epochs.Length == 0 || random.Next(2) == 0,
            Proposal = next with { IsOpen = random.Next(2) == 0 },
            ProposalsPaused = random.Next(8) == 0,
        };
        var snapshot = Views.Snapshot(block, kms) with
        {
            Self = new SelfRecord(random.Next(2) == 0, random.Next(5) == 0 ? (ulong)random.Next(90, 120) : 0),
            App = new AppRecord(Views.App, random.Next(10) == 0 ? AppStatus.Inactive : AppStatus.Active),
        };
        var self = Views.Operator(1);
        self = random.Next(8) switch
        {
            0 => self with { Version = self.Version! with { Status = VersionStatus.Deprecated } },
            1 => self with { Version = self.Version! with { Status = VersionStatus.Revoked } },
            2 => self with { Instance = self.Instance! with { Status = InstanceStatus.Stopped } },
            _ => self,
        };
        return snapshot with { Operators = [self, .. snapshot.Operators.Skip(1)] };
    }
}
