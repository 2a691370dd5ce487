using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Properties.Cryptography;
using Kms.Properties.Fakes;

namespace Kms.Properties.Membership;

/// <summary>The rule of membership, flipped one fact at a time at either view. Invariant 4 of docs/invariants.md.</summary>
public sealed class PeerAuthorizerTests
{
    private static readonly WalletAddress Wallet = Views.Wallet(2);

    private static readonly Dictionary<string, (Func<RegistrySnapshot, RegistrySnapshot> Flip, PeerRefusal Refusal)> Flips = new()
    {
        ["no app id"] = (at => at with { Kms = at.Kms with { KmsApp = null } }, PeerRefusal.NoKmsApp),
        ["app unknown"] = (at => at with { App = null }, PeerRefusal.NoKmsApp),
        ["app inactive"] = (at => at with { App = at.App! with { Status = AppStatus.Inactive } }, PeerRefusal.AppNotActive),
        ["app revoked"] = (at => at with { App = at.App! with { Status = AppStatus.Revoked } }, PeerRefusal.AppNotActive),
        ["not listed"] = (at => at with { Operators = [.. at.Operators.Where(one => one.Wallet != Wallet)] }, PeerRefusal.NotListed),
        ["no instance"] = (at => Change(at, one => one with { Instance = null }), PeerRefusal.UnknownInstance),
        ["instance of another wallet"] = (at => Change(at, one => one with { Instance = one.Instance! with { Wallet = Views.Wallet(9) } }), PeerRefusal.UnknownInstance),
        ["another app's instance"] = (at => Change(at, one => one with { Instance = one.Instance! with { App = AppId.From(1) } }), PeerRefusal.WrongApp),
        ["stopped"] = (at => Change(at, one => one with { Instance = one.Instance! with { Status = InstanceStatus.Stopped } }), PeerRefusal.InstanceNotActive),
        ["failed"] = (at => Change(at, one => one with { Instance = one.Instance! with { Status = InstanceStatus.Failed } }), PeerRefusal.InstanceNotActive),
        ["not proven"] = (at => Change(at, one => one with { Instance = one.Instance! with { ZkVerified = false } }), PeerRefusal.NotZkVerified),
        ["no version"] = (at => Change(at, one => one with { Version = null }), PeerRefusal.UnknownVersion),
        ["another version"] = (at => Change(at, one => one with { Version = one.Version! with { Id = VersionId.From(8) } }), PeerRefusal.UnknownVersion),
        ["version revoked"] = (at => Change(at, one => one with { Version = one.Version! with { Status = VersionStatus.Revoked } }), PeerRefusal.VersionRevoked),
        ["zero measurement"] = (at => Change(at with { Kms = at.Kms with { ApprovedMeasurements = [Views.Measurement, Bytes32.Zero] } }, one => one with { Version = one.Version! with { CodeMeasurement = Bytes32.Zero } }), PeerRefusal.MeasurementNotApproved),
        ["an earlier member's key"] = (at => WithEarlier(at, one => one), PeerRefusal.SharedKey),
        ["the key of an earlier instance that is not listed"] = (at => Delisted(WithEarlier(at, one => one)), PeerRefusal.SharedKey),
        ["measurement not approved"] = (at => at with { Kms = at.Kms with { ApprovedMeasurements = [] } }, PeerRefusal.MeasurementNotApproved),
    };

    public static TheoryData<string> Names => [.. Flips.Keys];

    [Fact]
    public void A_member_at_both_views_is_verified() =>
        PeerAuthorizer.Authorize(Good(), Wallet).GetValueOrDefault().ShouldNotBeNull().Wallet.ShouldBe(Wallet);

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_fact_is_needed_at_each_view(string name)
    {
        var (flip, refusal) = Flips[name];
        var good = Good();
        PeerAuthorizer.Authorize(new ChainView(flip(good.AtFinal), good.AtLatest), Wallet).Failure.ShouldBe(refusal);
        PeerAuthorizer.Authorize(new ChainView(good.AtFinal, flip(good.AtLatest)), Wallet).Failure.ShouldBe(refusal);
    }

    [Theory]
    [InlineData(VersionStatus.Enrolled, VersionStatus.Enrolled, true)]
    [InlineData(VersionStatus.Deprecated, VersionStatus.Enrolled, false)]
    [InlineData(VersionStatus.Enrolled, VersionStatus.Deprecated, false)]
    [InlineData(VersionStatus.Deprecated, VersionStatus.Deprecated, false)]
    public void Secrets_are_received_only_when_enrolled_at_both_views(VersionStatus final, VersionStatus latest, bool expected)
    {
        var good = Good();
        var view = new ChainView(
            Change(good.AtFinal, one => one with { Version = one.Version! with { Status = final } }),
            Change(good.AtLatest, one => one with { Version = one.Version! with { Status = latest } }));
        PeerAuthorizer.Authorize(view, Wallet).GetValueOrDefault().ShouldNotBeNull().MayReceiveSecrets.ShouldBe(expected);
    }

    [Fact]
    public void Another_instance_or_measurement_at_the_other_view_is_refused()
    {
        var good = Good();
        var other = Change(good.AtLatest, one => one with { Instance = one.Instance! with { Id = InstanceId.From(55) } });
        PeerAuthorizer.Authorize(new ChainView(good.AtFinal, other), Wallet).Failure.ShouldBe(PeerRefusal.ViewsDisagree);
    }

    public static TheoryData<string> Harmless => ["later", "stopped", "another app's", "another key"];

    [Theory]
    [MemberData(nameof(Harmless))]
    public void Only_an_earlier_active_instance_of_the_same_app_takes_the_key(string how)
    {
        var good = Good();
        var view = new ChainView(Shared(good.AtFinal), Shared(good.AtLatest));
        PeerAuthorizer.Authorize(view, Wallet).GetValueOrDefault().ShouldNotBeNull();
        PeerAuthorizer.Authorize(new ChainView(Delisted(view.AtFinal), Delisted(view.AtLatest)), Wallet).GetValueOrDefault().ShouldNotBeNull();

        RegistrySnapshot Shared(RegistrySnapshot at) => WithEarlier(at, one => how switch
        {
            "later" => one with { Id = InstanceId.From(60) },
            "stopped" => one with { Status = InstanceStatus.Stopped },
            "another app's" => one with { App = AppId.From(1) },
            _ => one with { TeePublicKey = KeyOf(5) },
        });
    }

    [Fact]
    public void The_earlier_instance_stays_a_member()
    {
        var good = Good();
        var view = new ChainView(WithEarlier(good.AtFinal, one => one), WithEarlier(good.AtLatest, one => one));
        PeerAuthorizer.Authorize(view, Views.Wallet(1)).GetValueOrDefault().ShouldNotBeNull();
    }

    /// <summary>Two instances with one key: that of <see cref="Wallet"/>, and an earlier one.</summary>
    private static RegistrySnapshot WithEarlier(RegistrySnapshot at, Func<InstanceRecord, InstanceRecord> change)
    {
        var keyed = Change(at, one => one with { Instance = one.Instance! with { TeePublicKey = KeyOf(4) } });
        return keyed with
        {
            Operators = [.. keyed.Operators.Select(one => one.Wallet != Views.Wallet(1) ? one
                : one with { Instance = change(one.Instance! with { TeePublicKey = KeyOf(4) }) })],
        };
    }

    /// <summary>The earlier instance's registration never came to the list.</summary>
    private static RegistrySnapshot Delisted(RegistrySnapshot at) => at with
    {
        Operators = [.. at.Operators.Where(static one => one.Wallet != Views.Wallet(1))],
        Unlisted = [at.Operators.Single(static one => one.Wallet == Views.Wallet(1)).Instance!],
    };

    private static TeePublicKey KeyOf(byte number)
    {
        using var key = Keys.Tee(number);
        return key.PublicKey;
    }

    private static ChainView Good() => Views.View(Views.Kms(Views.Active(1, 1)));

    private static RegistrySnapshot Change(RegistrySnapshot at, Func<OperatorRecord, OperatorRecord> change) =>
        at with { Operators = [.. at.Operators.Select(one => one.Wallet == Wallet ? change(one) : one)] };
}
