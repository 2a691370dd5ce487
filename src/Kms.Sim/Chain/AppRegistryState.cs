using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Sim.Chain;

/// <summary>NovaAppRegistry (the platform's), as nova-platform describes it. Immutable: a reorg goes back to an earlier value.</summary>
internal sealed record AppRegistryState(
    ImmutableDictionary<AppId, AppRecord> Apps,
    ImmutableDictionary<(AppId App, VersionId Version), VersionRecord> Versions,
    ImmutableDictionary<InstanceId, InstanceRecord> Instances,
    ImmutableDictionary<WalletAddress, InstanceId> Bound,
    Bytes32 Root)
{
    public static AppRegistryState Empty { get; } = new(
        ImmutableDictionary<AppId, AppRecord>.Empty,
        ImmutableDictionary<(AppId, VersionId), VersionRecord>.Empty,
        ImmutableDictionary<InstanceId, InstanceRecord>.Empty,
        ImmutableDictionary<WalletAddress, InstanceId>.Empty,
        default);

    public InstanceRecord? FindByWallet(WalletAddress wallet) => Bound.TryGetValue(wallet, out var id) ? Instances[id] : null;

    public VersionRecord? FindVersion(InstanceRecord instance) => Versions.GetValueOrDefault((instance.App, instance.Version));

    public AppRegistryState? Register(SimCall.RegisterApp call) =>
        Apps.ContainsKey(call.App) ? null : Next(this with { Apps = Apps.Add(call.App, new AppRecord(call.App, AppStatus.Active)) }, call);

    public AppRegistryState? Enroll(SimCall.EnrollVersion call)
    {
        if (!Apps.TryGetValue(call.App, out var app) || app.Status != AppStatus.Active || call.Measurement.IsZero
            || Versions.Values.Any(version => version.App == call.App && version.CodeMeasurement == call.Measurement))
        {
            return null;
        }

        var id = VersionId.From((ulong)Versions.Keys.Count(key => key.App == call.App) + 1);
        return Next(this with { Versions = Versions.Add((call.App, id), new VersionRecord(call.App, id, VersionStatus.Enrolled, call.Measurement)) }, call);
    }

    public AppRegistryState? Register(SimCall.RegisterInstance call)
    {
        if (!Apps.TryGetValue(call.App, out var app) || app.Status != AppStatus.Active
            || !Versions.TryGetValue((call.App, call.Version), out var version) || version.Status != VersionStatus.Enrolled
            || Bound.ContainsKey(call.Wallet))
        {
            return null;
        }

        var id = InstanceId.From((ulong)Instances.Count + 1);
        var instance = new InstanceRecord(id, call.App, call.Version, call.Wallet, call.Key, call.Url, call.ZkVerified, InstanceStatus.Active);
        return Next(this with { Instances = Instances.Add(id, instance), Bound = Bound.Add(call.Wallet, id) }, call);
    }

    public AppRegistryState? Set(SimCall.SetInstanceStatus call) =>
        Instances.TryGetValue(call.Instance, out var instance) && instance.Status == InstanceStatus.Active && call.Status != InstanceStatus.Active
            ? Next(this with { Instances = Instances.SetItem(call.Instance, instance with { Status = call.Status }) }, call)
            : null;

    public AppRegistryState? Set(SimCall.SetVersionStatus call) =>
        Versions.TryGetValue((call.App, call.Version), out var version)
            ? Next(this with { Versions = Versions.SetItem((call.App, call.Version), version with { Status = call.Status }) }, call)
            : null;

    public AppRegistryState? Set(SimCall.SetAppStatus call) =>
        Apps.TryGetValue(call.App, out var app)
            ? Next(this with { Apps = Apps.SetItem(call.App, app with { Status = call.Status }) }, call)
            : null;

    /// <summary>The storage root: a hash chain over the changes, so equal roots mean equal content.</summary>
    private AppRegistryState Next(AppRegistryState changed, SimCall call) =>
        changed with { Root = Bytes32.From(SHA256.HashData([.. Root.ToArray(), .. Encoding.UTF8.GetBytes(call.ToString()!)])) };
}
