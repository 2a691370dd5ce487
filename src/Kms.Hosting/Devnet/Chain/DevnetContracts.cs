using System.Globalization;
using System.Text;
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
        var deployed = await ForgeDeployment.RunAsync(rpc, admin, nodes, measurement, proposalBlocks, cancel);
        return new DevnetContracts(rpc, admin, deployed);
    }

    /// <summary>Creates an ACTIVE app with one ENROLLED version.</summary>
    public async Task<(AppId App, VersionId Version)> CreateAppAsync(string name, Bytes32 measurement, CancellationToken cancel)
    {
        var created = await SendAndWaitAsync(DevRegistryCalls.CreateApp(dappContract: null, name), cancel);
        var app = AppId.From(Topic(created, DevRegistryCalls.AppCreated, index: 1));
        var enrolled = await SendAndWaitAsync(DevRegistryCalls.EnrollVersion(app, "devnet", measurement), cancel);
        return (app, VersionId.From(Topic(enrolled, DevRegistryCalls.VersionEnrolled, index: 2)));
    }

    /// <summary>Registers an ACTIVE, zkVerified instance; the registry calls back and the wallet becomes an operator if the app is the KMS.</summary>
    public async Task<InstanceId> RegisterAsync(
        AppId app, VersionId version, WalletAddress wallet, TeePublicKey teePublicKey, string url, CancellationToken cancel)
    {
        byte[] call = DevRegistryCalls.RegisterInstance(app, version, wallet, teePublicKey.ToSpki(), url, zkVerified: true);
        var receipt = await SendAndWaitAsync(call, cancel);
        return InstanceId.From(Topic(receipt, DevRegistryCalls.InstanceWalletBound, index: 2));
    }

    public Task SetInstanceStatusAsync(InstanceId instance, InstanceStatus status, CancellationToken cancel) =>
        SendAndWaitAsync(DevRegistryCalls.SetInstanceStatus(instance, status), cancel);

    private async Task<JsonObject> SendAndWaitAsync(byte[] call, CancellationToken cancel) =>
        await _rpc.ReceiptAsync(await _rpc.SendAsync(_admin, NovaAppRegistry, call, cancel), cancel);

    /// <summary>An indexed number of the one event of that signature in a receipt.</summary>
    private static ulong Topic(JsonObject receipt, string eventSignature, int index)
    {
        string topic0 = Keccak256.Hash(Encoding.ASCII.GetBytes(eventSignature)).ToString();
        var topics = receipt["logs"]!.AsArray().Select(log => log!["topics"]!.AsArray()).Single(topics => topics[0]!.GetValue<string>() == topic0);
        return ulong.Parse(topics[index]!.GetValue<string>().AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
