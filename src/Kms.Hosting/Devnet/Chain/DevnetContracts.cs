using System.Globalization;
using System.Text.Json.Nodes;
using Kms.Core.Membership;

namespace Kms.Hosting.Devnet.Chain;

/// <summary>The devnet's two contracts: deployed by <c>contracts/script/DeployDevnet.s.sol</c>, then driven through <c>dev…</c> calls.</summary>
internal sealed class DevnetContracts
{
    private readonly DevnetRpc _rpc;
    private readonly string _admin;

    private DevnetContracts(DevnetRpc rpc, string admin, ForgeDeployment deployed)
    {
        _rpc = rpc;
        _admin = admin;
        KmsRegistry = deployed.KmsRegistry;
        NovaAppRegistry = deployed.NovaAppRegistry;
        KmsApp = deployed.KmsApp;
        KmsVersion = deployed.KmsVersion;
    }

    public WalletAddress KmsRegistry { get; }

    public WalletAddress NovaAppRegistry { get; }

    public AppId KmsApp { get; }

    public VersionId KmsVersion { get; }

    /// <param name="nodes">The confirmation target is the smaller of 3 and this.</param>
    /// <param name="measurement">Enrolled and approved.</param>
    public static async Task<DevnetContracts> DeployAsync(
        DevnetRpc rpc, int nodes, Bytes32 measurement, ulong proposalBlocks, CancellationToken cancel)
    {
        string admin = await rpc.FirstAccountAsync(cancel);
        var deployed = await ForgeDeployment.RunAsync(rpc.Url, admin, nodes, measurement, proposalBlocks, cancel);
        return new DevnetContracts(rpc, admin, deployed);
    }

    /// <summary>Creates an ACTIVE app with one ENROLLED version.</summary>
    public async Task<(AppId App, VersionId Version)> CreateAppAsync(string name, Bytes32 measurement, CancellationToken cancel)
    {
        var created = await SendAndWaitAsync(new AbiArguments("devCreateApp(address,string)").Address(null).Text(name), cancel);
        ulong app = Topic(created, log: 0, index: 1);
        var enrolled = await SendAndWaitAsync(
            new AbiArguments("devEnrollVersion(uint256,string,bytes32)").Number(app).Text("devnet").Word(measurement), cancel);
        return (AppId.From(app), VersionId.From(Topic(enrolled, log: 0, index: 2)));
    }

    /// <summary>Registers an ACTIVE, zkVerified instance; the registry calls back and the wallet becomes an operator if the app is the KMS.</summary>
    public async Task<InstanceId> RegisterAsync(
        AppId app, VersionId version, WalletAddress wallet, TeePublicKey teePublicKey, string url, CancellationToken cancel)
    {
        var call = new AbiArguments("devRegisterInstance(uint256,uint256,address,bytes,string,bool)")
            .Number(app.Value)
            .Number(version.Value)
            .Address(wallet)
            .Bytes(teePublicKey.ToSpki())
            .Text(url)
            .Flag(true);
        var receipt = await SendAndWaitAsync(call, cancel);
        // The first event is InstanceWalletBound(wallet, instanceId, appId).
        return InstanceId.From(Topic(receipt, log: 0, index: 2));
    }

    public Task SetInstanceStatusAsync(InstanceId instance, InstanceStatus status, CancellationToken cancel) =>
        SendAndWaitAsync(new AbiArguments("devSetInstanceStatus(uint256,uint8)").Number(instance.Value).Number((ulong)status), cancel);

    public Task SetAppStatusAsync(AppId app, AppStatus status, CancellationToken cancel) =>
        SendAndWaitAsync(new AbiArguments("devSetAppStatus(uint256,uint8)").Number(app.Value).Number((ulong)status), cancel);

    public Task SetVersionStatusAsync(AppId app, VersionId version, VersionStatus status, CancellationToken cancel) =>
        SendAndWaitAsync(
            new AbiArguments("devSetVersionStatus(uint256,uint256,uint8)").Number(app.Value).Number(version.Value).Number((ulong)status), cancel);

    private async Task<JsonObject> SendAndWaitAsync(AbiArguments call, CancellationToken cancel) =>
        await _rpc.ReceiptAsync(await _rpc.SendAsync(_admin, NovaAppRegistry, call.Encode(), cancel), cancel);

    private static ulong Topic(JsonObject receipt, int log, int index)
    {
        string word = receipt["logs"]![log]!["topics"]![index]!.GetValue<string>();
        return ulong.Parse(word.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
