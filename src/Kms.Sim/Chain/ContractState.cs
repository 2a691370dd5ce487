using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Sim.Chain;

/// <summary>Both contracts at one block.</summary>
internal sealed record ContractState(AppRegistryState Apps, KmsRegistryState Kms)
{
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
        Kms.KmsApp != 0
        && Apps.Apps.TryGetValue(AppId.From(Kms.KmsApp), out var app) && app.Status == AppStatus.Active
        && Apps.FindByWallet(wallet) is { Status: InstanceStatus.Active, ZkVerified: true } instance && instance.App == app.Id
        && Apps.FindVersion(instance) is { } version && version.Status <= worst
        && Kms.Measurements.Contains(version.CodeMeasurement);
}
