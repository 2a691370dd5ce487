using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Kms.Core.Audit;
using Kms.Core.Node;
using Kms.Core.Node.Serving;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Core.Secrets;
using Kms.Properties.Fakes;
using Kms.Sim.Chain;
using Kms.Sim.Enclave;
using Kms.Sim.Faults;
using Kms.Sim.Kernel;
using Kms.Sim.Network;
using Kms.Sim.World;

namespace Kms.Properties.Node;

/// <summary>Stories of whole clusters. Numbers are those of docs/invariants.md.</summary>
public sealed class ClusterScenarioTests
{
    /// <summary>Of a <see cref="TestWorld"/>.</summary>
    private const int TickSeconds = 5;

    [Fact]
    public void Two_fresh_nodes_that_propose_in_the_same_block_end_with_one_secret()
    {
        using var world = new TestWorld(2, 2);
        world.AutoMine = false;
        world.StartAll();

        // No block is mined until both have sent their proposal: they meet in one block (invariant 1).
        world.RunUntil(() => HasProposed(world, 1) && HasProposed(world, 2), 60).ShouldBeTrue(world.Describe());
        world.AutoMine = true;
        world.RunUntil(world.AllReady, 180).ShouldBeTrue(world.Describe());

        world.Contracts.Kms.ProposalCount.ShouldBe(1UL, "of the two proposals in one block one succeeds");
        var hash = world.Contracts.Kms.Epochs.Single().Hash;
        world.RunFor(20);
        foreach (var node in world.Nodes)
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
        using var world = new TestWorld(2, 1);
        world.Start(1);
        world.RunUntil(() => world.Node(1).IsReady, 60).ShouldBeTrue();
        world.Send(new SimCall.RequestRotation());
        world.RunUntil(() => world.Contracts.Kms.Epochs.Length == 2, 60).ShouldBeTrue();

        world.Start(2);
        world.RunUntil(() => world.Node(2) is { IsReady: true } && Active(world, 2).Count == 2, 60).ShouldBeTrue(world.Describe());

        Active(world, 2).ShouldBe(Active(world, 1));
    }

    [Fact]
    public void A_rotation_ends_with_all_nodes_on_the_new_epoch_and_the_old_default()
    {
        using var world = Booted(3, 3);
        world.Send(new SimCall.RequestRotation());

        world.RunUntil(() => world.Nodes.All(node => node.Parts!.Secrets.IsActive(Epoch.From(2))), 120).ShouldBeTrue(world.Describe());

        world.Node(1).Parts!.Membership.Known!.AtFinal.Kms.DefaultEpoch.ShouldBe(Epoch.From(1));
        world.AllReady().ShouldBeTrue();
    }

    [Fact]
    public void What_was_stored_before_a_rotation_is_there_after_the_older_epoch_was_retired()
    {
        using var world = Booted(2, 2);
        var app = AppId.From(77);
        world.Node(1).Parts!.Store.Put(app, Epoch.From(1), "k", "v"u8, null, null);
        world.Send(new SimCall.RequestRotation());
        world.RunUntil(() => world.Nodes.All(node => node.Parts!.Store.Stats().OldestEpoch == Epoch.From(2)), 120).ShouldBeTrue(world.Describe());

        world.Govern(SimActionKind.SetDefaultEpoch, 2);
        world.Govern(SimActionKind.RetireEpoch, 1);
        world.RunUntil(() => world.Nodes.All(node => node.IsReady && node.Parts!.Secrets.Held.All(held => held.Epoch == Epoch.From(2))), 60).ShouldBeTrue(world.Describe());

        foreach (var node in world.Nodes)
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
        using var world = Booted(1, 1);
        world.AutoMine = false;

        TakeAway(world, how);
        world.RunUntil(() => !world.Node(1).IsReady, 5).ShouldBeTrue();

        world.Node(1).Reason.ShouldBe(NotReadyReason.NotAMember);
        world.Node(1).Parts!.Secrets.Held.Single().State.ShouldBe(SecretState.Quarantined);

        // The block that took it away is reorganised out: everything is as it was (invariant 4).
        world.Sim.Ledger.Reorganise(1, ReorgStyle.Drop, platformToo: true);
        world.RunUntil(() => world.Node(1).IsReady, 10).ShouldBeTrue(world.Describe());
    }

    [Fact]
    public void A_right_that_exists_only_at_latest_and_is_reorganised_away_is_never_honoured()
    {
        using var world = new TestWorld(1, 1);
        world.AutoMine = false;
        world.Start(1);
        world.RunUntil(() => HasProposed(world, 1), 30).ShouldBeTrue(world.Describe());
        world.Mine();
        world.Contracts.Kms.Epochs.Length.ShouldBe(1);

        world.RunFor(10);
        world.Node(1).IsReady.ShouldBeFalse("active at latest only");
        world.Node(1).Parts!.Secrets.Held.ShouldAllBe(held => held.State == SecretState.Candidate);

        world.Sim.Ledger.Reorganise(1, ReorgStyle.Drop);
        world.RunFor(10);
        world.Has(1, AuditKind.SecretActivated).ShouldBeFalse();
        world.Node(1).Parts!.Secrets.Held.Count.ShouldBe(1, "the transaction may still be mined");
    }

    [Fact]
    public void An_activation_that_is_dropped_and_included_again_leaves_a_cluster_that_still_has_its_secret()
    {
        using var world = new TestWorld(2, 2);
        world.StartAll();
        world.RunUntil(() => world.Contracts.Kms.Epochs.Length == 1, 120).ShouldBeTrue(world.Describe());
        var hash = world.Contracts.Kms.Epochs[0].Hash;
        world.AutoMine = false;
        world.RunFor(3);

        world.Sim.Ledger.Reorganise(1, ReorgStyle.Reinclude);
        world.Contracts.Kms.Epochs.ShouldHaveSingleItem().Hash.ShouldBe(hash);
        world.AutoMine = true;
        world.RunUntil(world.AllReady, 60).ShouldBeTrue(world.Describe());

        Active(world, 1).ShouldBe([hash]);
        Active(world, 2).ShouldBe([hash]);
    }

    [Fact]
    public void A_deep_reorg_quarantines_and_starts_over()
    {
        using var world = Booted(1, 1);
        world.RunFor(10);
        var hash = Active(world, 1).Single();

        world.AutoMine = false;
        world.Sim.Ledger.Reorganise(TestWorld.Depth + 2, ReorgStyle.Reinclude);
        world.RunUntil(() => world.Has(1, AuditKind.DeepReorg), 10).ShouldBeTrue(world.Describe());
        world.Audit(1).ShouldContain(one => one.Kind == AuditKind.SecretQuarantined && one.Detail.Contains("DeepReorg"));
        world.StatesOf(1).ShouldContain(line => line.Contains(nameof(NotReadyReason.DeepReorg)));

        // The new chain still has the activation (it was older than the reorg): the secret comes back, the same one.
        world.AutoMine = true;
        world.RunUntil(() => world.Node(1).IsReady, 30).ShouldBeTrue(world.Describe());
        Active(world, 1).ShouldBe([hash]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-400)]
    [InlineData(400)]
    public void Heads_that_trail_trusted_time_make_the_node_unready_whatever_the_wall_clock_says(int skewDays)
    {
        using var world = Booted(1, 1);
        world.Slot(1).Current!.Clock.WallStep = TimeSpan.FromDays(skewDays);
        world.AutoMine = false;
        world.RunFor(170);
        world.Node(1).IsReady.ShouldBeTrue();

        world.RunFor(20);
        world.Node(1).Reason.ShouldBe(NotReadyReason.ChainStale);

        world.AutoMine = true;
        world.RunUntil(() => world.Node(1).IsReady, 30).ShouldBeTrue(world.Describe());
    }

    [Fact]
    public void Replayed_old_heads_give_no_right_back()
    {
        using var world = Booted(1, 1);
        world.RunFor(10);
        var before = world.Sim.Ledger.Head;
        TakeAway(world, "stopped");
        world.RunUntil(() => !world.Node(1).IsReady, 10).ShouldBeTrue();

        world.Slot(1).Endpoints[0].Pinned = before;
        world.RunFor(30);
        world.Node(1).IsReady.ShouldBeFalse();
    }

    [Theory]
    [InlineData("unlisted")]
    [InlineData("measurement")]
    [InlineData("zkVerified")]
    [InlineData("stopped")]
    [InlineData("revoked")]
    public void Two_days_without_fresh_views_destroy_nothing_whatever_they_showed_last(string how)
    {
        using var world = Booted(1, 1);
        var before = world.Contracts;
        world.AutoMine = false;
        TakeAway(world, how);
        for (int i = 0; i < 4; i++)
        {
            world.Mine();
        }

        world.RunUntil(() => !world.Node(1).IsReady, 10).ShouldBeTrue();
        var parts = world.Node(1).Parts!;
        Sleep(world, TimeSpan.FromHours(48));
        world.Mine();
        world.RunFor(20);
        parts.Secrets.Held.Single().State.ShouldBe(SecretState.Quarantined);
        world.Has(1, AuditKind.SecretDestroyed).ShouldBeFalse();

        // Repaired, where it can be: the same secret serves again.
        world.AutoMine = true;
        world.Mine(_ => before);
        world.Send(new SimCall.SetVersionStatus(SimWorld.KmsApp, SimWorld.KmsVersion, VersionStatus.Deprecated));
        world.RunUntil(() => world.Node(1).IsReady, 60).ShouldBeTrue(world.Describe());
    }

    [Fact]
    public void A_member_that_is_not_on_the_list_asks_for_it_and_takes_part()
    {
        using var world = new TestWorld(2, 1);
        world.Mine(Unlisted);
        world.StartAll();
        world.RunUntil(world.AllReady, 120).ShouldBeTrue(world.Describe());
        world.Has(1, AuditKind.ListingRequested).ShouldBeTrue();
        world.Has(2, AuditKind.ListingRequested).ShouldBeTrue();
    }

    [Fact]
    public void A_member_that_is_not_on_the_list_and_cannot_pay_says_what_anybody_can_call()
    {
        using var world = new TestWorld(1, 1);
        world.Mine(Unlisted);
        world.StartAll();
        world.Sim.Ledger.Defund(world.Wallet(1));
        world.RunUntil(() => world.Node(1).Detail.Contains("syncOperator", StringComparison.Ordinal), 60).ShouldBeTrue(world.Describe());
        world.Node(1).Reason.ShouldBe(NotReadyReason.NotAMember);
        world.Node(1).Detail.ShouldContain($"call syncOperator({world.Wallet(1)}) from any account");
    }

    [Fact]
    public void A_stranger_does_not_ask_to_be_listed()
    {
        using var world = new TestWorld(1, 1);
        world.Mine(Unlisted);
        TakeAway(world, "measurement");
        world.StartAll();
        world.RunFor(60);
        world.Has(1, AuditKind.ListingRequested).ShouldBeFalse();
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
        using var world = Booted(3, 2);
        foreach (var slot in world.Sim.Slots)
        {
            (slot.Ports.Only, slot.Ports.Thrown, slot.Ports.Permille) = (nameof(ITransport), new InvalidOperationException("a secret perhaps"), 1_000);
        }

        world.RunFor(120);
        world.Nodes.ShouldAllBe(node => node.IsReady);
        var told = world.Audit(1).Where(one => one.Kind == AuditKind.InternalError).ToList();
        told.ShouldNotBeEmpty();
        told.ShouldAllBe(one => one.Detail.Contains("TransportPort: InvalidOperationException", StringComparison.Ordinal) && !one.Detail.Contains("secret", StringComparison.Ordinal));

        world.Sim.Slots.ToList().ForEach(slot => slot.Ports.Heal());
        world.Send(new SimCall.RequestRotation());
        world.RunUntil(() => world.Nodes.All(node => node.Parts!.Secrets.IsActive(Epoch.From(2))), 180).ShouldBeTrue(world.Describe());
    }

    [Fact]
    public void Ghosts_and_lying_peers_are_skipped_and_all_are_tried()
    {
        // 1 holds the secret; 2 joins; 3, 4 and 5 are on chain: gone, and lying, and of another measurement than registered.
        using var world = new TestWorld(5, 1);
        world.Start(1);
        world.RunUntil(() => world.Node(1).IsReady, 60).ShouldBeTrue();
        world.Slot(4).OdynFaults.Attestation = OdynAttestation.WrongMeasurement;
        world.Start(4);
        world.Start(5);
        world.RunUntil(() => world.Node(5).IsReady, 90).ShouldBeTrue(world.Describe());
        world.Slot(5).Rogue = new RogueMember(world.Sim, 4, plaintext: false, new SimRandom(1));

        world.Start(2);
        world.RunUntil(() => world.Node(2).IsReady, 120).ShouldBeTrue(world.Describe());

        Active(world, 2).ShouldBe(Active(world, 1));
        world.Node(4).Reason.ShouldBe(NotReadyReason.AttestationFailed);
    }

    [Fact]
    public void A_deprecated_node_hands_over_and_never_receives()
    {
        using var world = new TestWorld(3, 1);
        world.Start(1);
        world.RunUntil(() => world.Node(1).IsReady, 60).ShouldBeTrue();
        world.Send(new SimCall.SetVersionStatus(SimWorld.KmsApp, SimWorld.KmsVersion, VersionStatus.Deprecated));
        world.Start(2);
        world.RunFor(30);
        world.Node(1).IsReady.ShouldBeTrue("it serves on");
        world.Node(2).Reason.ShouldBe(NotReadyReason.FetchingSecret, "it never receives");
        world.Has(2, AuditKind.SecretReceived).ShouldBeFalse();

        TakeAway(world, "revoked");
        world.RunUntil(() => !world.Node(1).IsReady, 10).ShouldBeTrue();
        world.Node(1).Reason.ShouldBe(NotReadyReason.NotAMember, "revoked is expelled");
    }

    [Fact]
    public void A_wallet_without_ether_is_named_with_a_statement_to_relay()
    {
        using var world = new TestWorld(1, 1);
        world.Start(1);
        world.Sim.Ledger.Defund(world.Wallet(1));
        world.RunUntil(() => world.Node(1).Reason == NotReadyReason.Unfunded, 60).ShouldBeTrue(world.Describe());
        var detail = world.Node(1).Detail;
        detail.ShouldContain(world.Wallet(1).ToString());
        detail.ShouldContain("NovaKMS:Propose:31337:");

        // Somebody relays it.
        var said = Regex.Match(detail, "\"NovaKMS:Propose:31337:.*:1:(.*):0:(.*)\" with signature 0x([0-9a-f]+)").Groups;
        world.Mine(state => state with { Identity = SimWorld.ChainIdentity });
        world.Send(new SimCall.ProposeBySig(
            Bytes32.Parse(said[1].Value), 1, ulong.Parse(said[2].Value, CultureInfo.InvariantCulture), Convert.FromHexString(said[3].Value)), world.Sim.Platform);
        world.RunUntil(() => world.Node(1).IsReady, 30).ShouldBeTrue(world.Describe());
    }

    [Theory]
    [InlineData("identity", NotReadyReason.IdentityChanged)]
    [InlineData("randomness", NotReadyReason.RandomnessBroken)]
    [InlineData("measurement", NotReadyReason.AttestationFailed)]
    public void An_Odyn_that_turns_bad_makes_the_node_unready_until_it_is_good_again(string how, NotReadyReason reason)
    {
        using var world = Booted(1, 1);
        var faults = world.Slot(1).OdynFaults;
        switch (how)
        {
            case "identity":
                faults.Impostor = world.Sim.NewKeys("impostor");
                break;
            case "randomness":
                faults.Randomness = OdynRandomness.Constant;
                break;
            default:
                faults.Attestation = OdynAttestation.WrongMeasurement;
                Sleep(world, TimeSpan.FromHours(1));
                break;
        }

        world.RunUntil(() => world.Node(1).Reason == reason, 60).ShouldBeTrue(world.Describe());
        world.Has(1, AuditKind.OdynHealth).ShouldBeTrue();

        faults.Heal();
        world.RunUntil(() => world.Node(1).IsReady, 60).ShouldBeTrue(world.Describe());
    }

    [Fact]
    public void A_registry_whose_proposals_are_too_short_lived_is_a_misconfiguration()
    {
        using var world = new TestWorld(1, 1, options => options with { ProposalBlocks = 3 * TestWorld.Depth });
        world.Start(1);
        world.RunUntil(() => world.Node(1).Reason == NotReadyReason.Misconfigured, 30).ShouldBeTrue(world.Describe());
        world.RunFor(30);
        world.Node(1).Parts!.Secrets.Held.ShouldBeEmpty("nothing is generated under it");
    }

    [Fact]
    public void An_expired_proposal_bars_and_is_replaced_by_another_secret()
    {
        // The target is two, the second node only comes after the first proposal ran out.
        using var world = new TestWorld(2, 2, options => options with { ProposalBlocks = 8 });
        world.Start(1);
        world.RunUntil(() => world.Contracts.Kms.Proposal is { } open && !open.IsOpenAt(world.Head.Number), 60).ShouldBeTrue(world.Describe());
        var first = world.Contracts.Kms.Proposal!.Hash;
        world.RunUntil(() => world.Node(1).Parts!.Secrets.Held.All(held => held.Hash != first), 30).ShouldBeTrue("it was destroyed");

        world.Start(2);
        world.RunUntil(world.AllReady, 180).ShouldBeTrue(world.Describe());
        world.Contracts.Kms.Epochs.Single().Hash.ShouldNotBe(first);
    }

    [Fact]
    public void Names_that_resolve_to_private_addresses_are_never_dialled()
    {
        using var world = new TestWorld(2, 1);
        int dials = 0;
        world.Sim.Network.Dialled += (_, _) => dials++;
        foreach (var slot in world.Sim.Slots)
        {
            world.Sim.Network.Dns.Add(slot.Host, IPAddress.Loopback);
        }

        world.StartAll();
        world.RunFor(60);

        // One of them proposed alone (target 1) and serves; nothing was ever dialled, not even a probe (H2, M8).
        world.Nodes.Count(node => node.IsReady).ShouldBe(1);
        dials.ShouldBe(0);
    }

    [Fact]
    public void Stopping_destroys_everything_and_nothing_is_served_after()
    {
        using var world = Booted(1, 1);
        var parts = world.Node(1).Parts!;
        world.Slot(1).Current!.IsAskedToStop = true;
        world.Do(world.Slot(1).Current!.Stop.Cancel);
        world.RunFor(30);

        parts.Secrets.Held.ShouldBeEmpty();
        parts.Secrets.IsActive(Epoch.From(1)).ShouldBeFalse();
        world.Node(1).Reason.ShouldBe(NotReadyReason.Stopping);
        world.Audit(1).ShouldContain(one => one.Kind == AuditKind.SecretDestroyed && one.Detail.EndsWith("Shutdown", StringComparison.Ordinal));
        AuditLog.Verify(world.Audit(1), Bytes32.Zero).ShouldBeTrue();
    }

    [Fact]
    public void No_node_writes_a_secret_or_a_seed_into_its_audit()
    {
        using var world = Booted(2, 2);
        var secret = new byte[MasterSecret.Size];
        var held = world.Node(1).Parts!.Secrets;
        var holder = Holder.Of(held, world.Node(1).Parts!.Membership.Known!, Epoch.From(1), Active(world, 1).Single()).ShouldNotBeNull();
        held.TryHandOver(holder!, one =>
        {
            one.CopyTo(secret, SecretKeyAccess.Handover);
            return "copied";
        }, out _).ShouldBeTrue();

        string hex = Hex.EncodeBare(secret);
        world.Audit(1).Concat(world.Audit(2)).ShouldAllBe(one => !one.Detail.Contains(hex, StringComparison.OrdinalIgnoreCase));
    }

    private static TestWorld Booted(int nodes, uint target)
    {
        var world = new TestWorld(nodes, target);
        world.StartAll();
        world.RunUntil(world.AllReady, 180).ShouldBeTrue(world.Describe());
        return world;
    }

    /// <summary>It said so, and the next block can have it.</summary>
    private static bool HasProposed(TestWorld world, int number) =>
        world.Has(number, AuditKind.SecretProposed) && world.Sim.Ledger.IsPending(world.Wallet(number));

    private static void Sleep(TestWorld world, TimeSpan time)
    {
        var life = world.Slot(1).Current!.Life;
        life.Pause();
        world.Pass(time);
        life.Resume();
    }

    private static List<Bytes32> Active(TestWorld world, int number) =>
        [.. world.Node(number).Parts!.Secrets.Held.Where(held => held.State == SecretState.Active).Select(held => held.Hash)];

    /// <summary>How long a rotation takes beside so many registered members that accept connections and say nothing.</summary>
    private static int RotationSeconds(int silent)
    {
        using var world = new TestWorld(3, 3);
        SilentMembers.Register(world.Sim, 0, silent);
        world.Mine();
        world.StartAll();
        world.RunUntil(world.AllReady, 300).ShouldBeTrue(world.Describe());
        world.RunFor(30);
        var before = world.Sim.Loop.Now;
        world.Send(new SimCall.RequestRotation());
        world.RunUntil(() => world.Nodes.All(node => node.Parts!.Secrets.IsActive(Epoch.From(2))), 600).ShouldBeTrue(world.Describe());
        return (int)(world.Sim.Loop.Now - before).TotalSeconds;
    }

    private static void TakeAway(TestWorld world, string how)
    {
        switch (how)
        {
            case "stopped":
                world.Send(new SimCall.SetInstanceStatus(InstanceId.From(1), InstanceStatus.Stopped));
                break;
            case "revoked":
                world.Send(new SimCall.SetVersionStatus(SimWorld.KmsApp, SimWorld.KmsVersion, VersionStatus.Revoked), world.Sim.Platform);
                break;
            case "measurement":
                world.Send(new SimCall.SuspendMeasurement(SimHypervisor.Measurement(SimWorld.GoodImage)));
                break;
            case "unlisted":
                world.Mine(Unlisted);
                break;
            default:
                world.Mine(Unproven);
                break;
        }
    }

    /// <summary>As after an outage of the platform while instances were registered.</summary>
    private static ContractState Unlisted(ContractState state) => state with { Kms = state.Kms with { Operators = [] } };

    private static ContractState Unproven(ContractState state)
    {
        var first = state.Apps.Instances[InstanceId.From(1)];
        return state with { Apps = state.Apps with { Instances = state.Apps.Instances.SetItem(first.Id, first with { ZkVerified = false }) } };
    }
}
