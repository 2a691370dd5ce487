using System.Numerics;
using System.Text;
using Kms.Core.Json;
using Kms.Core.Registry;

namespace Kms.Devnet.Chain;

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
        var created = await SendAndWaitAsync(DevRegistryCalls.CreateApp(DevRegistryCalls.Nitro, dappContract: null, name), cancel);
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

    private async Task<JsonValue> SendAndWaitAsync(byte[] call, CancellationToken cancel) =>
        await _rpc.ReceiptAsync(await _rpc.SendAsync(_admin, NovaAppRegistry, call, cancel), cancel);

    /// <summary>An indexed number of the one event of that signature in a receipt.</summary>
    /// <exception cref="DevnetException">The receipt has no such event, or several, or the topic is no id.</exception>
    private static ulong Topic(JsonValue receipt, string eventSignature, int index)
    {
        string topic0 = Keccak256.Hash(Encoding.ASCII.GetBytes(eventSignature)).ToString();
        JsonValue[] found = [.. (receipt["logs"].Items ?? []).Select(log => log["topics"]).Where(topics => topics.Items is [var first, ..] && first.Text == topic0)];
        return found is [{ Items: { } items }] && index < items.Count && Bytes32.TryParse(items[index].Text, out var word) && TryId(word, out ulong id)
            ? id
            : throw new DevnetException($"the receipt does not show one {eventSignature}");
    }

    /// <summary>A word of the chain as an id: not zero, and not over 64 bits.</summary>
    private static bool TryId(Bytes32 word, out ulong id)
    {
        var number = new BigInteger(word.ToArray(), isUnsigned: true, isBigEndian: true);
        id = number <= ulong.MaxValue ? (ulong)number : 0;
        return id > 0;
    }
}
