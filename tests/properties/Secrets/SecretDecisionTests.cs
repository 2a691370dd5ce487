using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;
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
            SecretDecisions.ProposalsLiveLongEnough(situation.View, situation.FinalityDepthBlocks).ShouldBeTrue();
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
            PeerAuthorizer.Authorize(situation.View, Self).GetValueOrDefault().ShouldNotBeNull();
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
                && PeerAuthorizer.Authorize(situation.View, Self).GetValueOrDefault() is not null;
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
                DestroyReason.AnotherHashActive => settled is not null && settled.Hash != decision.Hash
                    && situation.View.AtFinal.At.Number - settled.ActivatedAtBlock >= Limits.SupersededKeptBlocks,
                DestroyReason.ProposalExpired => settled is null && (held.ProposedAtFinal || final.Proposal?.Hash == decision.Hash)
                    && !(final.Proposal is { IsOpen: true } open && open.Hash == decision.Hash && open.Epoch == decision.Epoch)
                    && !situation.Minable.Any(call => call.Hash == decision.Hash),
                DestroyReason.NeverProposed => settled is null && held.State == SecretState.Candidate && held.Rejections >= Limits.MaxProposeRejections
                    && !held.ProposedAtFinal && final.Proposal?.Hash != decision.Hash && situation.View.AtLatest.Kms.Proposal?.Hash != decision.Hash
                    && !situation.Minable.Any(call => call.Hash == decision.Hash),
                DestroyReason.InstanceEnded => situation.HasEnded,
                _ => false,
            };
            allowed.ShouldBeTrue(decision.ToString());
            situation.IsFresh.ShouldBeTrue("stale views destroy nothing");
            bool gaveUp = decision.Reason is DestroyReason.ProposalExpired or DestroyReason.NeverProposed;
            (gaveUp && held.WasActive).ShouldBeFalse("what apps used once is no candidate that came to nothing");
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

    [Property(MaxTest = 3000)]
    public void What_ends_a_use_comes_before_what_begins_one(int seed)
    {
        var decisions = SecretDecisions.Decide(Situation(seed)).ToList();
        int lastEnd = decisions.FindLastIndex(one => one is SecretDecision.Destroy or SecretDecision.Quarantine);
        int firstBegin = decisions.FindIndex(one => one is SecretDecision.Activate or SecretDecision.Restore);
        (firstBegin < 0 || lastEnd < firstBegin).ShouldBeTrue();
        decisions.FindLastIndex(one => one is SecretDecision.Destroy)
            .ShouldBeLessThanOrEqualTo(Math.Max(decisions.FindIndex(one => one is SecretDecision.Quarantine), decisions.Count));
    }

    [Fact]
    public void A_secret_that_a_reorganisation_put_in_another_s_place_gets_its_place()
    {
        // Hash 9 was active; the chain that won has hash 2. In the order of hashes, 2 would be activated beside 9.
        var situation = Of(Views.View(Views.Kms(Views.Active(1, 2))), Held(1, 9, SecretState.Active), Held(1, 2, SecretState.Candidate));
        SecretDecisions.Decide(situation).Take(2).ShouldBe(
        [
            new SecretDecision.Quarantine(Epoch.From(1), Views.Hash(9), QuarantineReason.NotActiveAtLatest),
            new SecretDecision.Activate(Epoch.From(1), Views.Hash(2)),
        ]);
    }

    [Theory]
    [InlineData(Limits.SupersededKeptBlocks - 1, false, false)]
    [InlineData(Limits.SupersededKeptBlocks, false, true)]
    [InlineData(Limits.SupersededKeptBlocks - 1, true, false)]
    [InlineData(Limits.SupersededKeptBlocks, true, true)]
    public void What_lost_its_epoch_is_kept_while_the_other_s_activation_is_young(ulong age, bool wasUsed, bool destroyed)
    {
        var view = Aged(Views.Kms(Views.Active(1, 2)), age);
        var loser = Held(1, 9, wasUsed ? SecretState.Quarantined : SecretState.Candidate) with { WasActive = wasUsed };
        SecretDecisions.Decide(Of(view, Held(1, 2, SecretState.Active), loser)).ShouldBe(
            destroyed ? [new SecretDecision.Destroy(Epoch.From(1), Views.Hash(9), DestroyReason.AnotherHashActive)] : []);
    }

    [Fact]
    public void A_deep_reorganisation_that_makes_the_loser_the_winner_finds_it()
    {
        var loser = Held(1, 9, SecretState.Candidate);
        SecretDecisions.Decide(Of(Views.View(Views.Kms(Views.Active(1, 2))), loser)).OfType<SecretDecision.Destroy>().ShouldBeEmpty();
        SecretDecisions.Decide(Of(Views.View(Views.Kms(Views.Active(1, 9))), loser))
            .ShouldBe([new SecretDecision.Activate(Epoch.From(1), Views.Hash(9))]);
    }

    [Fact]
    public void No_more_losers_than_their_limit_are_kept_and_what_was_used_comes_first()
    {
        var epochs = Enumerable.Range(1, Limits.MaxSupersededSecrets + 2).Select(epoch => Views.Active((ulong)epoch, 200)).ToArray();
        var losers = Enumerable.Range(1, epochs.Length)
            .Select(epoch => Held((ulong)epoch, (byte)epoch, SecretState.Candidate) with { WasActive = epoch == 1 })
            .ToArray();
        SecretDecisions.Decide(Of(Views.View(Views.Kms(epochs)), losers)).OfType<SecretDecision.Destroy>().ShouldBe(
        [
            new SecretDecision.Destroy(Epoch.From(2), Views.Hash(2), DestroyReason.AnotherHashActive),
            new SecretDecision.Destroy(Epoch.From(3), Views.Hash(3), DestroyReason.AnotherHashActive),
        ]);
    }

    [Fact]
    public void Losers_take_no_room_from_candidates()
    {
        var losers = Enumerable.Range(1, Limits.MaxSupersededSecrets).Select(i => Held(1, (byte)i, SecretState.Candidate)).ToArray();
        var kms = Views.Kms(Views.Active(1, 200)) with { NextEpochWanted = true };
        SecretDecisions.Decide(Of(Views.View(kms), losers)).ShouldContain(new SecretDecision.Generate(Epoch.From(2)));
    }

    /// <summary>Everything that can be repaired, or be a fault of the registry: it stops the use and keeps the secret (design §4).</summary>
    [Theory]
    [InlineData("not listed")]
    [InlineData("app inactive")]
    [InlineData("app revoked")]
    [InlineData("app unknown")]
    [InlineData("measurement not approved")]
    [InlineData("nothing known of the instance")]
    [InlineData("nothing known of the version")]
    [InlineData("zeroed instance")]
    [InlineData("no epochs")]
    [InlineData("not zkVerified")]
    [InlineData("version revoked, just now")]
    [InlineData("instance stopped, just now")]
    public void What_can_be_repaired_stops_the_use_and_keeps_the_secret(string how)
    {
        var good = Views.View(Views.Kms(Views.Active(1, 1)));
        var bad = new ChainView(Broken(good.AtFinal, how), Broken(good.AtLatest, how));
        var decisions = SecretDecisions.Decide(Of(bad, Held(1, 1, SecretState.Active) with { WasActive = true }));
        decisions.OfType<SecretDecision.Destroy>().ShouldBeEmpty();
        decisions.OfType<SecretDecision.Quarantine>().Count().ShouldBe(1);
        var kept = SecretDecisions.Decide(Of(bad, Held(1, 1, SecretState.Quarantined) with { WasActive = true }));
        kept.OfType<SecretDecision.Destroy>().ShouldBeEmpty();
        SecretDecisions.Decide(Of(good, Held(1, 1, SecretState.Quarantined) with { WasActive = true }))
            .ShouldContain(new SecretDecision.Restore(Epoch.From(1), Views.Hash(1), SecretState.Active), "repaired");
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Stale_views_destroy_nothing_whatever_they_show(bool retired, bool ended)
    {
        var kms = Views.Kms(Views.Active(1, retired ? (byte)1 : (byte)2, retired));
        var fresh = Of(Aged(kms, Limits.SupersededKeptBlocks), Held(1, 1, SecretState.Active)) with { HasEnded = ended };
        SecretDecisions.Decide(fresh).OfType<SecretDecision.Destroy>().Count().ShouldBe(1);
        SecretDecisions.Decide(fresh with { IsFresh = false }).OfType<SecretDecision.Destroy>().ShouldBeEmpty();
        SecretDecisions.Decide(fresh with { IsFresh = false }).OfType<SecretDecision.Quarantine>().Count().ShouldBe(1, "but they stop the use");
    }

    [Theory]
    [InlineData(33, true)]
    [InlineData(34, false)]
    public void Proposals_that_live_too_short_stop_proposing_and_nothing_else(ulong depth, bool proposes)
    {
        // Proposals live for 100 blocks in these views.
        var wanted = Of(Views.View(Views.Kms()), Held(1, 5, SecretState.Candidate)) with { FinalityDepthBlocks = depth };
        SecretDecisions.Decide(wanted).ShouldBe(
            [proposes ? new SecretDecision.Propose(Epoch.From(1), Views.Hash(5)) : new SecretDecision.Wait(WaitReason.ProposalsTooShort)]);
        var serving = Of(Views.View(Views.Kms(Views.Active(1, 1))), Held(1, 1, SecretState.Candidate)) with { FinalityDepthBlocks = depth };
        SecretDecisions.Decide(serving).ShouldContain(new SecretDecision.Activate(Epoch.From(1), Views.Hash(1)));
    }

    [Theory]
    [InlineData(Limits.MaxCandidateSecrets - 1, true)]
    [InlineData(Limits.MaxCandidateSecrets, false)]
    public void No_secret_is_generated_while_its_limit_of_candidates_is_kept(int kept, bool generates)
    {
        // The registry would take none of them, and transactions of all of them may still be mined.
        var spent = Enumerable.Range(1, kept).Select(i => Held(1, (byte)i, SecretState.Candidate) with { Rejections = Limits.MaxProposeRejections }).ToArray();
        var situation = Of(Views.View(Views.Kms()), spent) with { Minable = [.. spent.Select(one => new MinableCall(one.Hash, 0))] };
        SecretDecisions.Decide(situation).ShouldBe(
            [generates ? new SecretDecision.Generate(Epoch.From(1)) : new SecretDecision.Wait(WaitReason.TooManyCandidates)]);
    }

    [Fact]
    public void Candidates_that_nobody_proposed_and_nothing_can_mine_make_room()
    {
        var spent = Enumerable.Range(1, Limits.MaxCandidateSecrets)
            .Select(i => Held(1, (byte)i, SecretState.Candidate) with { Rejections = Limits.MaxProposeRejections }).ToArray();
        var decisions = SecretDecisions.Decide(Of(Views.View(Views.Kms()), spent));
        decisions.OfType<SecretDecision.Destroy>().Select(one => one.Reason).ShouldBe(Enumerable.Repeat(DestroyReason.NeverProposed, spent.Length));
        SecretDecisions.Decide(Of(Views.View(Views.Kms()))).ShouldBe([new SecretDecision.Generate(Epoch.From(1))]);
    }

    [Fact]
    public void What_was_active_once_takes_no_room_from_candidates()
    {
        // A deep reorganisation took eight activations back.
        var kept = Enumerable.Range(1, Limits.MaxCandidateSecrets)
            .Select(i => Held((ulong)i + 1, (byte)i, SecretState.Quarantined) with { WasActive = true }).ToArray();
        SecretDecisions.Decide(Of(Views.View(Views.Kms()), kept)).ShouldBe([new SecretDecision.Generate(Epoch.From(1))]);
    }

    [Theory]
    [InlineData(Limits.MaxProposeRejections - 1, true)]
    [InlineData(Limits.MaxProposeRejections, false)]
    public void A_candidate_is_proposed_until_it_was_refused_its_limit_of_times(int rejections, bool again)
    {
        var candidate = Held(1, 5, SecretState.Candidate) with { Rejections = rejections };
        var situation = Of(Views.View(Views.Kms()), candidate) with { Minable = [new MinableCall(Views.Hash(5), 0)] };
        SecretDecisions.Decide(situation).ShouldBe([again ? new SecretDecision.Propose(Epoch.From(1), Views.Hash(5)) : new SecretDecision.Generate(Epoch.From(1))]);
    }

    [Fact]
    public void The_proposer_is_asked_first()
    {
        var kms = Views.Kms() with { Proposal = Views.Open(1, 5, proposer: 3) };
        var fetch = SecretDecisions.Decide(Of(Views.View(kms))).OfType<SecretDecision.Fetch>().Single();
        fetch.From.Select(peer => peer.Wallet).ShouldBe([Views.Wallet(3), Views.Wallet(2)]);
    }

    [Fact]
    public void The_next_epoch_is_fetched_before_those_that_nobody_may_hold_any_more()
    {
        var kms = Views.Kms(Views.Active(1, 1), Views.Active(2, 2)) with { NextEpochWanted = true, Proposal = Views.Open(3, 5, proposer: 3) };
        var fetches = SecretDecisions.Decide(Of(Views.View(kms))).OfType<SecretDecision.Fetch>().ToList();
        fetches.Select(one => one.Epoch.Value).ShouldBe([3UL, 1UL, 2UL]);
        fetches.Select(one => one.IsNext).ShouldBe([true, false, false]);
    }

    /// <summary>Both views at the block that comes so many after the activation that <see cref="Views.Active"/> records.</summary>
    private static ChainView Aged(KmsState kms, ulong age)
    {
        var snapshot = Views.Snapshot(kms.Epochs[0].ActivatedAtBlock + age, kms);
        return new ChainView(snapshot, snapshot);
    }

    private static SecretSituation Of(ChainView view, params HeldSecret[] held) => new(view, IsFresh: true, Self, held, [], HasEnded: false, 2);

    private static RegistrySnapshot Broken(RegistrySnapshot good, string how)
    {
        var self = good.Operators[0];
        RegistrySnapshot With(OperatorRecord record) => good with { Operators = [record, .. good.Operators.Skip(1)] };
        return how switch
        {
            "not listed" => good with { Operators = [.. good.Operators.Skip(1)] },
            "app inactive" => good with { App = good.App! with { Status = AppStatus.Inactive } },
            "app revoked" => good with { App = good.App! with { Status = AppStatus.Revoked } },
            "app unknown" => good with { App = null },
            "measurement not approved" => good with { Kms = good.Kms with { ApprovedMeasurements = [] } },
            "nothing known of the instance" => With(self with { Instance = null, Version = null }),
            "nothing known of the version" => With(self with { Version = null }),
            "zeroed instance" => With(self with { Instance = self.Instance! with { Wallet = default, ZkVerified = false } }),
            "no epochs" => good with { Kms = good.Kms with { Epochs = [], DefaultEpoch = null } },
            "not zkVerified" => With(self with { Instance = self.Instance! with { ZkVerified = false } }),
            "version revoked, just now" => With(self with { Version = self.Version! with { Status = VersionStatus.Revoked } }),
            "instance stopped, just now" => With(self with { Instance = self.Instance! with { Status = InstanceStatus.Stopped } }),
            _ => throw new ArgumentOutOfRangeException(nameof(how)),
        };
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
        ulong block = random.Next(2) == 0 ? 100 : 100 + Limits.SupersededKeptBlocks;
        var final = Snapshot(random, block);
        var latest = random.Next(3) == 0 ? Snapshot(random, block + 2) : final with { At = Views.Block(block + 2) };
        var held = new List<HeldSecret>();
        for (int i = random.Next(5); i > 0; i--)
        {
            var one = new HeldSecret(
                Epoch.From((ulong)random.Next(1, 4)), Views.Hash((byte)random.Next(1, 5)), (SecretState)random.Next(3), random.Next(3) == 0, random.Next(5),
                random.Next(3) == 0);
            one = one with { WasActive = one.WasActive || one.State == SecretState.Active };
            bool clash = held.Exists(other => other.Epoch == one.Epoch && (other.Hash == one.Hash || (other.State == SecretState.Active && one.State == SecretState.Active)));
            if (!clash)
            {
                held.Add(one);
            }
        }

        var minable = Enumerable.Range(0, random.Next(3)).Select(_ =>
            new MinableCall(Views.Hash((byte)random.Next(1, 5)), (ulong)random.Next(3))).ToArray();
        return new SecretSituation(
            new ChainView(final, latest), random.Next(8) != 0, Self, held, minable, random.Next(8) == 0, (ulong)random.Next(30, 36));
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
            Self = new SelfRecord(random.Next(2) == 0, random.Next(5) == 0 ? block - 10 + (ulong)random.Next(30) : 0),
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
