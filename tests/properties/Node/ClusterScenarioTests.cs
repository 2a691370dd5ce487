using System.Net;
using Kms.Core.Audit;
using Kms.Core.Membership;
using Kms.Core.Node;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Core.Secrets;
using Kms.Properties.Fakes;

namespace Kms.Properties.Node;

/// <summary>Stories of whole clusters. Numbers are those of docs/invariants.md.</summary>
public sealed class ClusterScenarioTests
{
    /// <summary>Of <see cref="Cluster.Options"/>.</summary>
    private const int TickSeconds = 5;

    [Fact]
    public void Two_fresh_nodes_that_propose_in_the_same_block_end_with_one_secret()
    {
        using var cluster = new Cluster(2, 2);
        cluster.Chain.AutoMine = false;
        cluster.StartAll();

        // No block is mined until both have sent their proposal: they meet in one block (invariant 1).
        cluster.RunUntil(() => Has(cluster, 1, AuditKind.SecretProposed) && Has(cluster, 2, AuditKind.SecretProposed), 60).ShouldBeTrue(cluster.Describe());
        cluster.Chain.AutoMine = true;
        cluster.RunUntil(cluster.AllReady, 180).ShouldBeTrue(cluster.Describe());

        cluster.Chain.Proposals.ShouldBe(1, "of the two proposals in one block one succeeds");
        var hash = cluster.Chain.State.Epochs.Single().Hash;
        cluster.RunFor(20);
        foreach (var node in cluster.Nodes)
        {
            // Kept for a while, since a deep reorganisation may make the loser the winner; used by nobody (invariant 5).
            var held = node.Parts!.Secrets.Held;
            held.Single(one => one.State == SecretState.Active).Hash.ShouldBe(hash);
            held.Where(one => one.Hash != hash).ShouldAllBe(one => one.State == SecretState.Candidate);
        }
    }

    [Fact]
    public void A_node_that_joins_later_gets_every_unretired_secret()
    {
        using var cluster = new Cluster(2, 1);
        cluster.Start(1);
        cluster.RunUntil(() => cluster.Node(1).IsReady, 60).ShouldBeTrue();
        cluster.Chain.Mine(state => state.RotationRequested = true);
        cluster.RunUntil(() => cluster.Chain.State.Epochs.Count == 2, 60).ShouldBeTrue();

        cluster.Start(2);
        cluster.RunUntil(() => cluster.Node(2) is { IsReady: true } && Active(cluster, 2).Count == 2, 60).ShouldBeTrue(cluster.Describe());

        Active(cluster, 2).ShouldBe(Active(cluster, 1));
    }

    [Fact]
    public void A_rotation_ends_with_all_nodes_on_the_new_epoch_and_the_old_default()
    {
        using var cluster = Booted(3, 3);
        cluster.Chain.Mine(state => state.RotationRequested = true);

        cluster.RunUntil(() => cluster.Nodes.All(node => node.Parts!.Secrets.IsActive(Epoch.From(2))), 120).ShouldBeTrue(cluster.Describe());

        cluster.Node(1).Parts!.Membership.Known!.AtFinal.Kms.DefaultEpoch.ShouldBe(Epoch.From(1));
        cluster.AllReady().ShouldBeTrue();
    }

    [Fact]
    public void What_was_stored_before_a_rotation_is_there_after_the_older_epoch_was_retired()
    {
        using var cluster = Booted(2, 2);
        var app = AppId.From(77);
        cluster.Node(1).Parts!.Store.Put(app, Epoch.From(1), "k", "v"u8, null, null);
        cluster.Chain.Mine(state => state.RotationRequested = true);
        cluster.RunUntil(() => cluster.Nodes.All(node => node.Parts!.Store.Figures().OldestEpoch == Epoch.From(2)), 120).ShouldBeTrue(cluster.Describe());

        cluster.Chain.Mine(state =>
        {
            state.DefaultEpoch = 2;
            state.Retire(Epoch.From(1));
        });
        cluster.RunUntil(() => cluster.Nodes.All(node => node.IsReady && node.Parts!.Secrets.Held.All(held => held.Epoch == Epoch.From(2))), 60).ShouldBeTrue(cluster.Describe());

        foreach (var node in cluster.Nodes)
        {
            node.Parts!.Store.Get(app, "k").ShouldBeOfType<Kms.Core.Store.GetResult.Found>().Value.ShouldBe("v"u8.ToArray());
        }
    }

    [Theory]
    [InlineData("stopped")]
    [InlineData("revoked")]
    [InlineData("unlisted")]
    [InlineData("measurement")]
    [InlineData("unproven")]
    public void A_right_lost_at_latest_alone_stops_the_use_and_destroys_nothing(string how)
    {
        using var cluster = Booted(1, 1);
        cluster.Chain.AutoMine = false;

        cluster.Chain.Mine(state => TakeAway(state, cluster.Wallet(1), how));
        cluster.RunUntil(() => !cluster.Node(1).IsReady, 5).ShouldBeTrue();

        cluster.Node(1).Reason.ShouldBe(NotReadyReason.NotAMember);
        cluster.Node(1).Parts!.Secrets.Held.Single().State.ShouldBe(SecretState.Quarantined);

        // The block that took it away is reorganised out: everything is as it was (invariant 4).
        cluster.Chain.Reorg(1, keep: false);
        cluster.Chain.Mine(state => GiveBack(state, cluster.Wallet(1)));
        cluster.RunUntil(() => cluster.Node(1).IsReady, 10).ShouldBeTrue(cluster.Describe());
    }

    [Fact]
    public void A_right_that_exists_only_at_latest_and_is_reorganised_away_is_never_honoured()
    {
        using var cluster = new Cluster(1, 1);
        cluster.Chain.AutoMine = false;
        cluster.Start(1);
        cluster.RunUntil(() => Has(cluster, 1, AuditKind.SecretProposed), 30).ShouldBeTrue(cluster.Describe());
        cluster.Chain.Mine();
        cluster.Chain.State.Epochs.Count.ShouldBe(1);

        cluster.RunFor(10);
        cluster.Node(1).IsReady.ShouldBeFalse("active at latest only");
        cluster.Node(1).Parts!.Secrets.Held.ShouldAllBe(held => held.State == SecretState.Candidate);

        cluster.Chain.Reorg(1, keep: false);
        cluster.RunFor(10);
        Has(cluster, 1, AuditKind.SecretActivated).ShouldBeFalse();
        cluster.Node(1).Parts!.Secrets.Held.Count.ShouldBe(1, "the transaction may still be mined");
    }

    [Fact]
    public void An_activation_that_is_dropped_and_included_again_leaves_a_cluster_that_still_has_its_secret()
    {
        using var cluster = new Cluster(2, 2);
        cluster.StartAll();
        cluster.RunUntil(() => cluster.Chain.State.Epochs.Count == 1, 120).ShouldBeTrue(cluster.Describe());
        var hash = cluster.Chain.State.Epochs[0].Hash;
        cluster.Chain.AutoMine = false;
        cluster.RunFor(3);

        cluster.Chain.Reorg(1, keep: true);
        cluster.Chain.State.Epochs.ShouldHaveSingleItem().Hash.ShouldBe(hash);
        cluster.Chain.AutoMine = true;
        cluster.RunUntil(cluster.AllReady, 60).ShouldBeTrue(cluster.Describe());

        Active(cluster, 1).ShouldBe([hash]);
        Active(cluster, 2).ShouldBe([hash]);
    }

    [Fact]
    public void A_deep_reorg_quarantines_and_starts_over()
    {
        using var cluster = Booted(1, 1);
        cluster.RunFor(10);
        var hash = Active(cluster, 1).Single();

        cluster.Chain.AutoMine = false;
        cluster.Chain.Reorg((int)Cluster.Depth + 2, keep: true);
        cluster.Chain.Mine();
        cluster.RunUntil(() => Has(cluster, 1, AuditKind.DeepReorg), 10).ShouldBeTrue(cluster.Describe());
        cluster.Audit(1).ShouldContain(one => one.Kind == AuditKind.SecretQuarantined && one.Detail.Contains("DeepReorg"));
        cluster.Lines[0].ShouldContain(line => line.Contains(nameof(NotReadyReason.DeepReorg)));

        // The new chain still has the activation (it was older than the reorg): the secret comes back, the same one.
        cluster.Chain.AutoMine = true;
        cluster.RunUntil(() => cluster.Node(1).IsReady, 30).ShouldBeTrue(cluster.Describe());
        Active(cluster, 1).ShouldBe([hash]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-400)]
    [InlineData(400)]
    public void Heads_that_trail_trusted_time_make_the_node_unready_whatever_the_wall_clock_says(int skewDays)
    {
        using var cluster = Booted(1, 1);
        cluster.HostClock.Skew = TimeSpan.FromDays(skewDays);
        cluster.Chain.AutoMine = false;
        cluster.RunFor(170);
        cluster.Node(1).IsReady.ShouldBeTrue();

        cluster.RunFor(20);
        cluster.Node(1).Reason.ShouldBe(NotReadyReason.ChainStale);

        cluster.Chain.AutoMine = true;
        cluster.RunUntil(() => cluster.Node(1).IsReady, 30).ShouldBeTrue(cluster.Describe());
    }

    [Fact]
    public void Replayed_old_heads_give_no_right_back()
    {
        using var cluster = Booted(1, 1);
        cluster.RunFor(10);
        ulong before = cluster.Chain.Head.Number;
        cluster.Chain.Mine(state => state.Change(cluster.Wallet(1), one => one with { Status = InstanceStatus.Stopped }));
        cluster.RunUntil(() => !cluster.Node(1).IsReady, 10).ShouldBeTrue();

        cluster.Chain.PretendHead = before;
        cluster.RunFor(30);
        cluster.Node(1).IsReady.ShouldBeFalse();
    }

    [Theory]
    [InlineData("unlisted")]
    [InlineData("measurement")]
    [InlineData("zkVerified")]
    [InlineData("stopped")]
    [InlineData("revoked")]
    public void Two_days_without_fresh_views_destroy_nothing_whatever_they_showed_last(string how)
    {
        using var cluster = Booted(1, 1);
        cluster.Chain.AutoMine = false;
        cluster.Chain.Mine(state => TakeAway(state, cluster.Wallet(1), how));
        for (int i = 0; i < 4; i++)
        {
            cluster.Chain.Mine();
        }

        cluster.RunUntil(() => !cluster.Node(1).IsReady, 10).ShouldBeTrue();
        var parts = cluster.Node(1).Parts!;
        cluster.Clock.Advance(TimeSpan.FromHours(48));
        cluster.Chain.Mine();
        cluster.RunFor(20);
        parts.Secrets.Held.Single().State.ShouldBe(SecretState.Quarantined);
        Has(cluster, 1, AuditKind.SecretDestroyed).ShouldBeFalse();

        // Repaired, where it can be: the same secret serves again.
        cluster.Chain.AutoMine = true;
        cluster.Chain.Mine(state =>
        {
            GiveBack(state, cluster.Wallet(1));
            state.Approved.Add(ClusterOdyn.Measurement(7));
            state.ChangeVersion(Cluster.Version, one => one with { Status = VersionStatus.Deprecated });
        });
        cluster.RunUntil(() => cluster.Node(1).IsReady, 60).ShouldBeTrue(cluster.Describe());
    }

    [Fact]
    public void A_member_that_is_not_on_the_list_asks_for_it_and_takes_part()
    {
        using var cluster = new Cluster(2, 1, state => state.Listed.Clear());
        cluster.StartAll();
        cluster.RunUntil(cluster.AllReady, 120).ShouldBeTrue(cluster.Describe());
        Has(cluster, 1, AuditKind.ListingRequested).ShouldBeTrue();
        Has(cluster, 2, AuditKind.ListingRequested).ShouldBeTrue();
    }

    [Fact]
    public void A_member_that_is_not_on_the_list_and_cannot_pay_says_what_anybody_can_call()
    {
        using var cluster = new Cluster(1, 1, state => state.Listed.Clear());
        cluster.Chain.Unfunded.Add(cluster.Wallet(1));
        cluster.StartAll();
        cluster.RunUntil(() => cluster.Node(1).Detail.Contains("syncOperator", StringComparison.Ordinal), 60).ShouldBeTrue(cluster.Describe());
        cluster.Node(1).Reason.ShouldBe(NotReadyReason.NotAMember);
        cluster.Node(1).Detail.ShouldContain($"call syncOperator({cluster.Wallet(1)}) from any account");
    }

    [Fact]
    public void A_stranger_does_not_ask_to_be_listed()
    {
        using var cluster = new Cluster(1, 1, state =>
        {
            state.Listed.Clear();
            state.Approved.Clear();
        });
        cluster.StartAll();
        cluster.RunFor(60);
        Has(cluster, 1, AuditKind.ListingRequested).ShouldBeFalse();
    }

    [Fact]
    public void Sixty_silent_members_delay_a_rotation_by_less_than_two_ticks()
    {
        int quiet = RotationSeconds(0);
        RotationSeconds(60).ShouldBeLessThan(quiet + (2 * TickSeconds));
    }

    [Fact]
    public void A_part_that_throws_at_every_call_of_a_peer_ends_no_node_and_is_told_without_its_message()
    {
        using var cluster = Booted(3, 2);
        cluster.Transport.Throws = () => new InvalidOperationException("a secret perhaps");
        cluster.RunFor(120);
        cluster.Nodes.ShouldAllBe(node => node.IsReady);
        var told = cluster.Audit(1).Where(one => one.Kind == AuditKind.InternalError).ToList();
        told.ShouldNotBeEmpty();
        told.ShouldAllBe(one => one.Detail.Contains("TransportPort: InvalidOperationException", StringComparison.Ordinal) && !one.Detail.Contains("secret", StringComparison.Ordinal));

        cluster.Transport.Throws = () => null;
        cluster.Chain.Mine(state => state.RotationRequested = true);
        cluster.RunUntil(() => cluster.Nodes.All(node => node.Parts!.Secrets.IsActive(Epoch.From(2))), 180).ShouldBeTrue(cluster.Describe());
    }

    [Fact]
    public void Ghosts_and_lying_peers_are_skipped_and_all_are_tried()
    {
        // 1 holds the secret; 2 joins; 3, 4 and 5 are on chain: gone, and lying, and of another measurement than registered.
        using var cluster = new Cluster(5, 1);
        cluster.Start(1);
        cluster.RunUntil(() => cluster.Node(1).IsReady, 60).ShouldBeTrue();
        cluster.Odyns[3].Measured = 8;
        cluster.Start(4);
        cluster.Start(5);
        cluster.RunUntil(() => cluster.Node(5).IsReady, 90).ShouldBeTrue(cluster.Describe());
        cluster.Transport.Down.Add(Cluster.Host(3));
        cluster.Transport.Tamper = (host, request, response) => host == Cluster.Host(5) && request.Target == "/sync"
            ? response with { Body = new byte[] { 1, 2, 3 } }
            : response;

        cluster.Start(2);
        cluster.RunUntil(() => cluster.Node(2).IsReady, 120).ShouldBeTrue(cluster.Describe());

        Active(cluster, 2).ShouldBe(Active(cluster, 1));
        cluster.Node(4).Reason.ShouldBe(NotReadyReason.AttestationFailed);
    }

    [Fact]
    public void A_deprecated_node_hands_over_and_never_receives()
    {
        using var cluster = new Cluster(3, 1, state =>
        {
            state.Versions[VersionId.From(2)] = new VersionRecord(Cluster.KmsApp, VersionId.From(2), VersionStatus.Deprecated, ClusterOdyn.Measurement(7));
        });
        cluster.Start(1);
        cluster.RunUntil(() => cluster.Node(1).IsReady, 60).ShouldBeTrue();
        cluster.Chain.Mine(state => state.ChangeVersion(Cluster.Version, one => one with { Status = VersionStatus.Deprecated }));
        cluster.Start(2);
        cluster.RunFor(30);
        cluster.Node(1).IsReady.ShouldBeTrue("it serves on");
        cluster.Node(2).Reason.ShouldBe(NotReadyReason.FetchingSecret, "it never receives");
        Has(cluster, 2, AuditKind.SecretReceived).ShouldBeFalse();

        cluster.Chain.Mine(state => state.ChangeVersion(Cluster.Version, one => one with { Status = VersionStatus.Revoked }));
        cluster.RunUntil(() => !cluster.Node(1).IsReady, 10).ShouldBeTrue();
        cluster.Node(1).Reason.ShouldBe(NotReadyReason.NotAMember, "revoked is expelled");
    }

    [Fact]
    public void A_wallet_without_ether_is_named_with_a_statement_to_relay()
    {
        using var cluster = new Cluster(1, 1);
        cluster.Chain.Unfunded.Add(cluster.Wallet(1));
        cluster.Start(1);
        cluster.RunUntil(() => cluster.Node(1).Reason == NotReadyReason.Unfunded, 60).ShouldBeTrue(cluster.Describe());
        var detail = cluster.Node(1).Detail;
        detail.ShouldContain(cluster.Wallet(1).ToString());
        detail.ShouldContain("NovaKMS:Propose:31337:");

        // Somebody relays it.
        var hash = cluster.Node(1).Parts!.Secrets.Held.Single().Hash;
        cluster.Chain.Mine(state => state.Propose(cluster.Wallet(1), hash, cluster.Chain.Head.Number + 1).ShouldBeTrue());
        cluster.RunUntil(() => cluster.Node(1).IsReady, 30).ShouldBeTrue(cluster.Describe());
    }

    [Theory]
    [InlineData("identity", NotReadyReason.IdentityChanged)]
    [InlineData("randomness", NotReadyReason.RandomnessBroken)]
    [InlineData("measurement", NotReadyReason.AttestationFailed)]
    public void An_Odyn_that_turns_bad_makes_the_node_unready_until_it_is_good_again(string how, NotReadyReason reason)
    {
        using var cluster = Booted(1, 1);
        var odyn = cluster.Odyns[0];
        var identity = odyn.Identity;
        switch (how)
        {
            case "identity":
                odyn.Identity = new(WalletAddress.Parse("0x00000000000000000000000000000000000000aa"), identity.TeePublicKey);
                break;
            case "randomness":
                odyn.FixedRandom = new byte[32];
                break;
            default:
                odyn.Measured = 9;
                cluster.Clock.Advance(TimeSpan.FromHours(1));
                break;
        }

        cluster.RunUntil(() => cluster.Node(1).Reason == reason, 60).ShouldBeTrue(cluster.Describe());
        Has(cluster, 1, AuditKind.OdynHealth).ShouldBeTrue();

        odyn.Identity = identity;
        odyn.FixedRandom = null;
        odyn.Measured = 7;
        cluster.RunUntil(() => cluster.Node(1).IsReady, 60).ShouldBeTrue(cluster.Describe());
    }

    [Fact]
    public void A_registry_whose_proposals_are_too_short_lived_is_a_misconfiguration()
    {
        using var cluster = new Cluster(1, 1, state => state.ProposalBlocks = 3 * Cluster.Depth);
        cluster.Start(1);
        cluster.RunUntil(() => cluster.Node(1).Reason == NotReadyReason.Misconfigured, 30).ShouldBeTrue(cluster.Describe());
        cluster.RunFor(30);
        cluster.Node(1).Parts!.Secrets.Held.ShouldBeEmpty("nothing is generated under it");
    }

    [Fact]
    public void An_expired_proposal_bars_and_is_replaced_by_another_secret()
    {
        // The target is two, the second node only comes after the first proposal ran out.
        using var cluster = new Cluster(2, 2, state => state.ProposalBlocks = 8);
        cluster.Start(1);
        cluster.RunUntil(() => cluster.Chain.State.Proposal is { IsOpen: false }, 60).ShouldBeTrue(cluster.Describe());
        var first = cluster.Chain.State.Proposal!.Hash;
        cluster.RunUntil(() => cluster.Node(1).Parts!.Secrets.Held.All(held => held.Hash != first), 30).ShouldBeTrue("it was destroyed");

        cluster.Start(2);
        cluster.RunUntil(cluster.AllReady, 180).ShouldBeTrue(cluster.Describe());
        cluster.Chain.State.Epochs.Single().Hash.ShouldNotBe(first);
    }

    [Fact]
    public void Names_that_resolve_to_private_addresses_are_never_dialled()
    {
        using var cluster = new Cluster(2, 1);
        cluster.Transport.Resolver = _ => IPAddress.Loopback;
        cluster.StartAll();
        cluster.RunFor(60);

        // One of them proposed alone (target 1) and serves; nothing was ever dialled, not even a probe (H2, M8).
        cluster.Nodes.Count(node => node.IsReady).ShouldBe(1);
        cluster.Transport.Dials.ShouldBe(0);
    }

    [Fact]
    public void Stopping_destroys_everything_and_nothing_is_served_after()
    {
        using var cluster = Booted(1, 1);
        var parts = cluster.Node(1).Parts!;
        cluster.Stop();

        parts.Secrets.Held.ShouldBeEmpty();
        parts.Secrets.IsActive(Epoch.From(1)).ShouldBeFalse();
        cluster.Node(1).Reason.ShouldBe(NotReadyReason.Stopping);
        cluster.Audit(1).ShouldContain(one => one.Kind == AuditKind.SecretDestroyed && one.Detail.EndsWith("Shutdown", StringComparison.Ordinal));
        AuditLog.Verify(cluster.Audit(1), Bytes32.Zero).ShouldBeTrue();
    }

    [Fact]
    public void No_node_writes_a_secret_or_a_seed_into_its_audit()
    {
        using var cluster = Booted(2, 2);
        var secret = new byte[MasterSecret.Size];
        var held = cluster.Node(1).Parts!.Secrets;
        var holder = Holder.Of(held, cluster.Node(1).Parts!.Membership.Known!, Epoch.From(1), Active(cluster, 1).Single()).ShouldNotBeNull();
        held.TryHandOver(holder!, one =>
        {
            one.CopyTo(secret, SecretKeyAccess.Handover);
            return "copied";
        }, out _).ShouldBeTrue();

        string hex = Hex.EncodeBare(secret);
        cluster.Audit(1).Concat(cluster.Audit(2)).ShouldAllBe(one => !one.Detail.Contains(hex, StringComparison.OrdinalIgnoreCase));
    }

    private static Cluster Booted(int nodes, uint target)
    {
        var cluster = new Cluster(nodes, target);
        cluster.StartAll();
        cluster.RunUntil(cluster.AllReady, 180).ShouldBeTrue(cluster.Describe());
        return cluster;
    }

    private static bool Has(Cluster cluster, int number, AuditKind kind) => cluster.Audit(number).Any(one => one.Kind == kind);

    private static List<Bytes32> Active(Cluster cluster, int number) =>
        [.. cluster.Node(number).Parts!.Secrets.Held.Where(held => held.State == SecretState.Active).Select(held => held.Hash)];

    /// <summary>How long a rotation takes beside so many registered members that accept connections and say nothing.</summary>
    private static int RotationSeconds(int silent)
    {
        using var cluster = new Cluster(3, 3, state =>
        {
            for (int i = 0; i < silent; i++)
            {
                var wallet = WalletAddress.From([(byte)(i + 1), .. new byte[18], 99]);
                state.Instances.Add(new InstanceRecord(
                    InstanceId.From((ulong)(100 + i)), Cluster.KmsApp, Cluster.Version, wallet, null, $"https://silent{i}.example.com", true, InstanceStatus.Active));
                state.Listed.Add(wallet);
            }
        });
        cluster.Transport.Silent.UnionWith(Enumerable.Range(0, silent).Select(i => $"silent{i}.example.com"));
        cluster.StartAll();
        cluster.RunUntil(cluster.AllReady, 300).ShouldBeTrue(cluster.Describe());
        cluster.RunFor(30);
        var before = cluster.Clock.Elapsed;
        cluster.Chain.Mine(state => state.RotationRequested = true);
        cluster.RunUntil(() => cluster.Nodes.All(node => node.Parts!.Secrets.IsActive(Epoch.From(2))), 600).ShouldBeTrue(cluster.Describe());
        return (int)(cluster.Clock.Elapsed - before).TotalSeconds;
    }

    private static void TakeAway(ClusterState state, WalletAddress wallet, string how)
    {
        switch (how)
        {
            case "stopped":
                state.Change(wallet, one => one with { Status = InstanceStatus.Stopped });
                break;
            case "revoked":
                state.ChangeVersion(Cluster.Version, one => one with { Status = VersionStatus.Revoked });
                break;
            case "unlisted":
                state.Listed.Remove(wallet);
                break;
            case "measurement":
                state.Approved.Clear();
                break;
            default:
                state.Change(wallet, one => one with { ZkVerified = false });
                break;
        }
    }

    private static void GiveBack(ClusterState state, WalletAddress wallet)
    {
        state.Change(wallet, one => one with { Status = InstanceStatus.Active, ZkVerified = true });
        state.Listed.Add(wallet);
    }
}
