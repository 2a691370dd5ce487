using System.Collections.Immutable;
using Kms.Core;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Sim.Chain;

/// <summary>Both contracts at one block.</summary>
internal sealed record ContractState(AppRegistryState Apps, KmsRegistryState Kms)
{
    /// <summary>Chain and contract that signed statements must name.</summary>
    public ChainIdentity? Identity { get; init; }

    /// <summary>Where the platform's registry is; null where it is the world's only one.</summary>
    public WalletAddress? AppsAddress { get; init; }

    /// <summary>The other code on the chain, for upgrades.</summary>
    public ImmutableDictionary<WalletAddress, SimCode> Code { get; init; } = ImmutableDictionary<WalletAddress, SimCode>.Empty;

    /// <summary>Whether KMSRegistry looks at the platform's registry, and not at an address where nothing answers.</summary>
    public bool ReadsPlatform => Kms.NovaAppRegistry == AppsAddress;

    /// <summary><c>isEligible</c>: may propose and confirm. <see cref="IsMember"/> lets a DEPRECATED version pass too.</summary>
    public bool IsEligible(WalletAddress wallet) => StandingOf(wallet) == SimStanding.Eligible;

    public bool IsMember(WalletAddress wallet) => StandingOf(wallet) >= SimStanding.Member;

    public RegistrySnapshot Snapshot(BlockRef at, WalletAddress self)
    {
        var operators = new List<OperatorRecord>(Kms.Operators.Length);
        foreach (var wallet in Kms.Operators)
        {
            var instance = Apps.FindByWallet(wallet);
            operators.Add(new OperatorRecord(wallet, instance, instance is null ? null : Apps.FindVersion(instance)));
        }

        return new RegistrySnapshot(
            at,
            Kms.AsOf(at.Number),
            Kms.KmsApp == 0 ? null : Apps.Apps.GetValueOrDefault(AppId.From(Kms.KmsApp)),
            operators,
            Kms.KmsApp == 0 ? [] : [.. Apps.ActiveInstances(AppId.From(Kms.KmsApp)).Except(Kms.Operators).Take(Limits.MaxOperators).Select(wallet => Apps.FindByWallet(wallet)!)],
            new SelfRecord(Kms.HasConfirmed(self), Kms.BarredUntil(self, at.Number)));
    }

    public WalletFacts Facts(BlockRef at, WalletAddress wallet)
    {
        var instance = Apps.FindByWallet(wallet);
        return instance is null
            ? new WalletFacts(at, wallet, null, null, null)
            : new WalletFacts(at, wallet, instance, Apps.FindVersion(instance), Apps.Apps.GetValueOrDefault(instance.App));
    }

    /// <summary>What the registry finds a wallet to be, as <c>syncOperator</c> asks: no complete record says nothing.</summary>
    public SimStanding StandingOf(WalletAddress wallet)
    {
        if (!ReadsPlatform || Kms.KmsApp == 0 || !Apps.Apps.TryGetValue(AppId.From(Kms.KmsApp), out var app))
        {
            return SimStanding.Unreadable;
        }

        if (app.Status != AppStatus.Active)
        {
            return SimStanding.AppNotActive;
        }

        // An unknown wallet and an unknown version read as zeros, which is what a failing registry may answer too.
        if (Apps.FindByWallet(wallet) is not { } instance)
        {
            return SimStanding.Unreadable;
        }

        if (instance is not { Status: InstanceStatus.Active, ZkVerified: true } || instance.App != app.Id)
        {
            return SimStanding.Stranger;
        }

        return Apps.FindVersion(instance) is not { } version ? SimStanding.Unreadable
            : version.Status is not (VersionStatus.Enrolled or VersionStatus.Deprecated) ? SimStanding.Stranger
            : Kms.Suspended.Contains(version.CodeMeasurement) ? SimStanding.Suspended
            : !Kms.Measurements.Contains(version.CodeMeasurement) ? SimStanding.Stranger
            : version.Status == VersionStatus.Enrolled ? SimStanding.Eligible
            : SimStanding.Member;
    }
}
