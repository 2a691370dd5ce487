using System.Security.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Integration.Support;
using Kms.Sim.Chain;

namespace Kms.Integration.Differential;

/// <summary>
/// The platform's rules, step by step: who may change which status, what a revocation leaves, what comes back. The devnet's
/// registry and the simulated one go there together, and a node's rule of membership is asked what it makes of it.
/// </summary>
public sealed class PlatformRulesTests
{
    private const SimRevert Done = SimRevert.None;
    private const SimRevert Refused = SimRevert.Platform;
    private static readonly AppId App = DifferentialWorld.App;
    private static readonly VersionId Version = VersionId.From(1);
    private static readonly WalletAddress First = Registries.Wallet(1);
    private static readonly WalletAddress Second = Registries.Wallet(2);
    private static readonly WalletAddress Third = Registries.Wallet(3);

    [Fact]
    public async Task The_owner_alone_takes_the_platforms_revocation_of_a_version_back()
    {
        await using var world = await DifferentialWorld.StartAsync();
        await ExpectAsync(world, Done, world.Registration(First), world.Registration(Second));
        world.State.Apps.ActiveInstances(App).ShouldBe([First, Second]);

        await ExpectAsync(world, Refused, Set(VersionStatus.Revoked, world.Anyone), Set(VersionStatus.Deprecated, world.Platform));
        await ExpectAsync(world, Done, Set(VersionStatus.Revoked, world.Platform));
        world.State.Apps.ActiveInstances(App).ShouldBeEmpty();
        world.State.Kms.Operators.ShouldBe([First, Second], "nothing was called back");
        world.State.Apps.FindByWallet(First)!.Status.ShouldBe(InstanceStatus.Active);
        (await RefusalAsync(world, First)).ShouldBe(PeerRefusal.VersionRevoked);

        await ExpectAsync(world, Done, Sync(First, world));
        world.State.Kms.Operators.ShouldBe([Second]);
        await ExpectAsync(
            world, Refused, Set(VersionStatus.Deprecated, world.Platform), Set(VersionStatus.Enrolled, world.Platform), Set(VersionStatus.Enrolled, world.AppOwner));
        await ExpectAsync(world, Done, Set(VersionStatus.Deprecated, world.AppOwner), Sync(First, world));
        world.State.Kms.Operators.ShouldBe([Second, First]);
        world.State.Apps.ActiveInstances(App).ShouldBeEmpty("nobody who asks the platform finds them");
        world.State.IsMember(First).ShouldBeTrue();
        world.State.IsEligible(First).ShouldBeFalse();
        (await RefusalAsync(world, First)).ShouldBeNull();
        await ExpectAsync(world, Refused, world.Registration(Third));
    }

    [Fact]
    public async Task A_revoked_app_takes_the_platform_and_the_owner_to_come_back()
    {
        await using var world = await DifferentialWorld.StartAsync();
        await ExpectAsync(world, Done, world.Registration(First));

        await ExpectAsync(world, Refused, Set(AppStatus.Revoked, world.AppOwner), Set(AppStatus.Inactive, world.Platform), Set(AppStatus.Inactive, world.Anyone));
        await ExpectAsync(world, Done, Set(AppStatus.Revoked, world.Platform));
        world.State.Apps.ActiveInstances(App).ShouldBe([First], "the list does not ask the app");
        (await RefusalAsync(world, First)).ShouldBe(PeerRefusal.AppNotActive);
        await ExpectAsync(world, SimRevert.AppNotActive, Sync(First, world));
        await ExpectAsync(
            world, Refused, Set(AppStatus.Active, world.AppOwner), Set(AppStatus.Inactive, world.AppOwner), Set(AppStatus.Active, world.Platform), world.Registration(Second));
        await ExpectAsync(world, Done, Set(AppStatus.Inactive, world.Platform));
        await ExpectAsync(world, Refused, Set(AppStatus.Active, world.Platform));
        await ExpectAsync(world, Done, Set(AppStatus.Active, world.AppOwner), Sync(First, world), world.Registration(Second));
        (await RefusalAsync(world, First)).ShouldBeNull();
        world.State.IsEligible(First).ShouldBeTrue("no version was touched");
    }

    [Fact]
    public async Task The_apps_owner_alone_registers_and_the_old_build_took_more()
    {
        await using var world = await DifferentialWorld.StartAsync();
        var proven = world.Registration(First).Call;
        var unproven = new SimCall.RegisterInstance(App, Version, Second, "HTTP://node.example", null, ZkVerified: false);
        await ExpectAsync(
            world,
            Refused,
            (proven, world.Anyone),
            (proven, world.Platform),
            (unproven, world.AppOwner),
            (new SimCall.RegisterInstance(App, Version, First, "ftp://node.example", null, ZkVerified: true), world.AppOwner),
            (new SimCall.UseOldBuild(true), world.AppOwner));

        await ExpectAsync(world, Done, Set(VersionStatus.Deprecated, world.AppOwner), (new SimCall.UseOldBuild(true), world.Platform), (proven, world.Anyone));
        await ExpectAsync(world, Refused, (unproven, world.Anyone));
        await ExpectAsync(world, Done, (unproven, world.Platform), (new SimCall.UseOldBuild(false), world.Platform));
        world.State.Kms.Operators.ShouldBe([First, Second], "the list is no right");
        (await RefusalAsync(world, First)).ShouldBeNull();
        (await RefusalAsync(world, Second)).ShouldBe(PeerRefusal.NotZkVerified);
        await ExpectAsync(world, Refused, world.Registration(Third), Stop(2, world.Anyone));

        // Each by another who may: who registered it, the platform.
        await ExpectAsync(world, Done, Stop(1, world.Anyone), Stop(2, world.Platform));
        world.State.Kms.Operators.ShouldBeEmpty();
        world.State.Apps.ActiveInstances(App).ShouldBeEmpty();
    }

    /// <summary>The contract cannot tell: such a wallet proposes and confirms. Nodes can, and do not take it for one of them.</summary>
    [Fact]
    public async Task A_wallet_with_an_earlier_instances_key_is_eligible_on_chain_and_no_member_for_nodes()
    {
        await using var world = await DifferentialWorld.StartAsync();
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP384);
        var shared = TeePublicKey.From(key.ExportSubjectPublicKeyInfo());
        await ExpectAsync(world, Done, WithKey(First), WithKey(Second), world.Registration(Third));

        var real = await world.ReadAsync();
        real.Operators.ShouldBe(world.State.Snapshot(real.At, First).Operators);
        world.State.IsEligible(Second).ShouldBeTrue();
        PeerAuthorizer.Check(real, First).ShouldBeNull();
        PeerAuthorizer.Check(real, Second).ShouldBe(PeerRefusal.SharedKey);
        PeerAuthorizer.Check(real, Third).ShouldBeNull();
        var hash = Bytes32.Parse("0x" + new string('7', 64));
        await ExpectAsync(world, Done, (new SimCall.Propose(hash, 1), Second));
        world.State.Kms.Epochs.ShouldHaveSingleItem().Hash.ShouldBe(hash, "with a target of 1 it activated an epoch that no enclave holds");

        await ExpectAsync(world, Done, Stop(1, world.AppOwner));
        (await RefusalAsync(world, Second)).ShouldBeNull("the key has no earlier active instance any more");

        (SimCall, WalletAddress) WithKey(WalletAddress wallet) =>
            (new SimCall.RegisterInstance(App, Version, wallet, "https://node.example", shared, ZkVerified: true), world.AppOwner);
    }

    private static (SimCall, WalletAddress) Set(VersionStatus status, WalletAddress by) => (new SimCall.SetVersionStatus(App, Version, status), by);

    private static (SimCall, WalletAddress) Set(AppStatus status, WalletAddress by) => (new SimCall.SetAppStatus(App, status), by);

    private static (SimCall, WalletAddress) Stop(ulong instance, WalletAddress by) => (new SimCall.SetInstanceStatus(InstanceId.From(instance), InstanceStatus.Stopped), by);

    private static (SimCall, WalletAddress) Sync(WalletAddress wallet, DifferentialWorld world) => (new SimCall.SyncOperator(wallet), world.Anyone);

    private static async Task<PeerRefusal?> RefusalAsync(DifferentialWorld world, WalletAddress wallet)
    {
        var real = await world.ReadAsync();
        var simulated = world.State.Snapshot(real.At, First);
        simulated.Unlisted.ShouldBe(real.Unlisted);
        PeerAuthorizer.Check(simulated, wallet).ShouldBe(PeerAuthorizer.Check(real, wallet));
        return PeerAuthorizer.Check(real, wallet);
    }

    private static async Task ExpectAsync(DifferentialWorld world, SimRevert outcome, params (SimCall, WalletAddress)[] calls) =>
        (await world.MineAsync(calls)).ShouldAllBe(each => each == outcome);
}
