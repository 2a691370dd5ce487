using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Sim.Chain;

/// <summary>NovaAppRegistry (the platform's) as <c>DevNovaAppRegistry</c> is. Immutable: a reorg goes back to an earlier value.</summary>
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

    /// <summary>Revokes apps and versions; null where nobody does.</summary>
    public WalletAddress? Platform { get; init; }

    /// <summary>Whether registration is that of the platform's build 25f2f5d.</summary>
    public bool OldBuild { get; init; }

    /// <summary>Who created each app.</summary>
    private ImmutableDictionary<AppId, WalletAddress> Owners { get; init; } = ImmutableDictionary<AppId, WalletAddress>.Empty;

    /// <summary>Who registered each instance.</summary>
    private ImmutableDictionary<InstanceId, WalletAddress> Registrants { get; init; } = ImmutableDictionary<InstanceId, WalletAddress>.Empty;

    private ImmutableDictionary<AppId, ImmutableArray<WalletAddress>> Active { get; init; } = ImmutableDictionary<AppId, ImmutableArray<WalletAddress>>.Empty;

    public InstanceRecord? FindByWallet(WalletAddress wallet) => Bound.TryGetValue(wallet, out var id) ? Instances[id] : null;

    public VersionRecord? FindVersion(InstanceRecord instance) => Versions.GetValueOrDefault((instance.App, instance.Version));

    /// <summary><c>getActiveInstances</c>, in the contract's order.</summary>
    public ImmutableArray<WalletAddress> ActiveInstances(AppId app) => Active.GetValueOrDefault(app, []);

    public AppRegistryState? Register(SimCall.RegisterApp call, WalletAddress sender) => Apps.ContainsKey(call.App)
        ? null
        : Next(this with { Apps = Apps.Add(call.App, new AppRecord(call.App, AppStatus.Active)), Owners = Owners.Add(call.App, sender) }, call, sender);

    public AppRegistryState? Enroll(SimCall.EnrollVersion call, WalletAddress sender)
    {
        if (!Apps.TryGetValue(call.App, out var app) || Owners[call.App] != sender || app.Status != AppStatus.Active || call.Measurement.IsZero
            || Versions.Values.Any(version => version.App == call.App && version.CodeMeasurement == call.Measurement))
        {
            return null;
        }

        var id = VersionId.From((ulong)Versions.Keys.Count(key => key.App == call.App) + 1);
        return Next(
            this with { Versions = Versions.Add((call.App, id), new VersionRecord(call.App, id, VersionStatus.Enrolled, call.Measurement)) }, call, sender);
    }

    public AppRegistryState? Register(SimCall.RegisterInstance call, WalletAddress sender)
    {
        if (!Apps.TryGetValue(call.App, out var app) || app.Status != AppStatus.Active || !MayRegister(call, sender)
            || !Versions.TryGetValue((call.App, call.Version), out var version) || !IsOpen(version.Status)
            || Bound.ContainsKey(call.Wallet) || !IsHttp(call.Url))
        {
            return null;
        }

        var id = InstanceId.From((ulong)Instances.Count + 1);
        var instance = new InstanceRecord(id, call.App, call.Version, call.Wallet, call.Key, call.Url, call.ZkVerified, InstanceStatus.Active);
        return Next(
            this with
            {
                Instances = Instances.Add(id, instance),
                Bound = Bound.Add(call.Wallet, id),
                Registrants = Registrants.Add(id, sender),
                Active = Active.SetItem(call.App, ActiveInstances(call.App).Add(call.Wallet)),
            },
            call,
            sender);
    }

    public AppRegistryState? Set(SimCall.SetInstanceStatus call, WalletAddress sender) =>
        Instances.TryGetValue(call.Instance, out var instance)
        && (sender == Registrants[call.Instance] || sender == Owners[instance.App] || sender == Platform)
        && instance.Status == InstanceStatus.Active && call.Status != InstanceStatus.Active
            ? Next(Off([instance]) with { Instances = Instances.SetItem(call.Instance, instance with { Status = call.Status }) }, call, sender)
            : null;

    /// <summary>DEPRECATED by the app's owner, whatever it was; REVOKED by the platform too. Never ENROLLED again.</summary>
    public AppRegistryState? Set(SimCall.SetVersionStatus call, WalletAddress sender)
    {
        bool revoked = call.Status == VersionStatus.Revoked;
        if (!Versions.TryGetValue((call.App, call.Version), out var version) || call.Status == VersionStatus.Enrolled
            || (sender != Owners[call.App] && !(revoked && sender == Platform)))
        {
            return null;
        }

        var listed = revoked
            ? Off(Instances.Values.Where(one => one.App == call.App && one.Version == call.Version).OrderBy(static one => one.Id.Value))
            : this;
        return Next(listed with { Versions = Versions.SetItem((call.App, call.Version), version with { Status = call.Status }) }, call, sender);
    }

    /// <summary>What only an upgrade of the platform's registry could do, for the end of a world's faults: no contract has this call.</summary>
    public AppRegistryState? Restore(SimCall.RestoreVersion call, WalletAddress sender) =>
        Versions.TryGetValue((call.App, call.Version), out var version) && sender == Platform
            ? Next(this with { Versions = Versions.SetItem((call.App, call.Version), version with { Status = VersionStatus.Enrolled }) }, call, sender)
            : null;

    /// <summary>The platform revokes, and makes INACTIVE what it revoked; the owner does the rest, and nothing to a REVOKED app.</summary>
    public AppRegistryState? Set(SimCall.SetAppStatus call, WalletAddress sender)
    {
        if (!Apps.TryGetValue(call.App, out var app))
        {
            return null;
        }

        bool allowed = sender == Platform
            ? call.Status == AppStatus.Revoked || (app.Status == AppStatus.Revoked && call.Status == AppStatus.Inactive)
            : sender == Owners[call.App] && app.Status != AppStatus.Revoked && call.Status != AppStatus.Revoked;
        return allowed ? Next(this with { Apps = Apps.SetItem(call.App, app with { Status = call.Status }) }, call, sender) : null;
    }

    public AppRegistryState? Set(SimCall.UseOldBuild call, WalletAddress sender) =>
        sender == Platform ? Next(this with { OldBuild = call.Old }, call, sender) : null;

    private bool MayRegister(SimCall.RegisterInstance call, WalletAddress sender) =>
        sender == Owners[call.App] ? OldBuild || call.ZkVerified : OldBuild && (call.ZkVerified || sender == Platform);

    private bool IsOpen(VersionStatus status) => status == VersionStatus.Enrolled || (OldBuild && status == VersionStatus.Deprecated);

    private static bool IsHttp(string url) =>
        url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Off the lists of active instances, for good.</summary>
    private AppRegistryState Off(IEnumerable<InstanceRecord> instances)
    {
        var active = Active;
        foreach (var one in instances)
        {
            active = active.SetItem(one.App, active[one.App].WithoutSwapped(one.Wallet));
        }

        return this with { Active = active };
    }

    /// <summary>The storage root: a hash chain over the changes, so equal roots mean equal content.</summary>
    private AppRegistryState Next(AppRegistryState changed, SimCall call, WalletAddress sender) =>
        changed with { Root = Bytes32.From(SHA256.HashData([.. Root.ToArray(), .. Encoding.UTF8.GetBytes($"{sender} {call}")])) };
}
