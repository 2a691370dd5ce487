using System.Collections.Immutable;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;

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
    public bool IsEligible(WalletAddress wallet) => Holds(wallet, VersionStatus.Enrolled);

    public bool IsMember(WalletAddress wallet) => Holds(wallet, VersionStatus.Deprecated);

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
            new SelfRecord(Kms.HasConfirmed(self), Kms.BarredUntil(self, at.Number)));
    }

    public WalletFacts Facts(BlockRef at, WalletAddress wallet)
    {
        var instance = Apps.FindByWallet(wallet);
        return instance is null
            ? new WalletFacts(at, wallet, null, null, null)
            : new WalletFacts(at, wallet, instance, Apps.FindVersion(instance), Apps.Apps.GetValueOrDefault(instance.App));
    }

    private bool Holds(WalletAddress wallet, VersionStatus worst) =>
        ReadsPlatform
        && Kms.KmsApp != 0
        && Apps.Apps.TryGetValue(AppId.From(Kms.KmsApp), out var app) && app.Status == AppStatus.Active
        && Apps.FindByWallet(wallet) is { Status: InstanceStatus.Active, ZkVerified: true } instance && instance.App == app.Id
        && Apps.FindVersion(instance) is { } version && version.Status <= worst
        && Kms.Measurements.Contains(version.CodeMeasurement);
}
