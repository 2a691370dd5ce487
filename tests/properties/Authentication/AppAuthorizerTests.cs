using FsCheck.Xunit;
using Kms.Core.Authentication;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Properties.Cryptography;
using Kms.Properties.Fakes;

namespace Kms.Properties.Authentication;

/// <summary>Grant slow, revoke fast: an app is served when both views allow it, and by what the chain says it is (design §4, §7).</summary>
public sealed class AppAuthorizerTests
{
    private static readonly TestEnclave App = new(2);
    private static readonly TestEnclave Other = new(3);

    private static readonly Func<WalletFacts, WalletFacts>[] Flaws =
    [
        facts => facts,
        facts => facts with { Instance = null },
        facts => facts with { Instance = facts.Instance! with { Status = InstanceStatus.Stopped } },
        facts => facts with { Instance = facts.Instance! with { Status = InstanceStatus.Failed } },
        facts => facts with { Instance = facts.Instance! with { ZkVerified = false } },
        facts => facts with { App = null },
        facts => facts with { App = facts.App! with { Status = AppStatus.Inactive } },
        facts => facts with { App = facts.App! with { Status = AppStatus.Revoked } },
        facts => facts with { App = facts.App! with { Id = AppId.From(1) } },
        facts => facts with { Version = null },
        facts => facts with { Version = facts.Version! with { Status = VersionStatus.Revoked } },
        facts => facts with { Version = facts.Version! with { CodeMeasurement = Bytes32.Zero } },
        facts => facts with { Version = facts.Version! with { Id = VersionId.From(99) } },
        facts => facts with { Version = facts.Version! with { App = AppId.From(1) } },
        facts => facts with { Instance = facts.Instance! with { TeePublicKey = null } },
        facts => facts with { Instance = facts.Instance! with { TeePublicKey = Other.Identity.TeePublicKey } },
        facts => facts with { Instance = facts.Instance! with { Wallet = Other.Identity.Wallet } },
    ];

    [Property]
    public void A_flaw_at_either_view_is_enough_to_refuse(byte finalFlaw, byte latestFlaw)
    {
        var registry = new FakeWalletFacts();
        var good = FakeWalletFacts.Good(App.Identity.Wallet, App.Identity.TeePublicKey, 5);
        int final = finalFlaw % Flaws.Length;
        int latest = latestFlaw % Flaws.Length;
        registry.Set(Flaws[final](good), Flaws[latest](good));
        var answer = Authorize(registry);

        bool sameOtherKey = final == latest && Flaws[final](good).Instance is { TeePublicKey: { } key } && key.Equals(Other.Identity.TeePublicKey);
        answer.TryGet(out var app).ShouldBe((final == 0 && latest == 0) || sameOtherKey);
        (answer.Failure is not null).ShouldBe(app is null);
    }

    [Fact]
    public void The_app_is_the_one_that_the_chain_names_with_the_key_that_it_registered()
    {
        var registry = new FakeWalletFacts();
        registry.Set(FakeWalletFacts.Good(App.Identity.Wallet, App.Identity.TeePublicKey, 5));
        var app = Authorize(registry).GetValueOrDefault()!;
        app.App.ShouldBe(AppId.From(5));
        app.Wallet.ShouldBe(App.Identity.Wallet);
        app.TeePublicKey.ShouldBe(App.Identity.TeePublicKey);
    }

    [Fact]
    public void A_wallet_that_the_views_bind_to_different_apps_is_nobody()
    {
        var registry = new FakeWalletFacts();
        registry.Set(
            FakeWalletFacts.Good(App.Identity.Wallet, App.Identity.TeePublicKey, 5),
            FakeWalletFacts.Good(App.Identity.Wallet, App.Identity.TeePublicKey, 6));
        Authorize(registry).Failure.ShouldBe(AppRefusal.UnknownWallet);
    }

    [Theory]
    [InlineData(ChainFailure.Unavailable)]
    [InlineData(ChainFailure.Reorged)]
    public void No_answer_of_the_chain_grants_nothing_and_accuses_nobody(ChainFailure failure)
    {
        var answer = Authorize(new FakeWalletFacts { Fails = failure });
        answer.TryGet(out var app).ShouldBeFalse();
        app.ShouldBeNull();
        answer.Failure.ShouldBe(AppRefusal.ChainUnavailable);
    }

    private static Result<VerifiedApp, AppRefusal> Authorize(FakeWalletFacts registry) =>
        new AppAuthorizer(registry).AuthorizeAsync(App.Identity.Wallet, default).GetAwaiter().GetResult();
}
