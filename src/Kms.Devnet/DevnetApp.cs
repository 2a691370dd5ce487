using Kms.Devnet.Attestation;
using Kms.Devnet.Chain;
using Kms.Devnet.Odyn;

namespace Kms.Devnet;

/// <summary>An app that uses the devnet's KMS, with its own simulated enclave.</summary>
public sealed class DevnetApp : IAsyncDisposable
{
    private readonly string _image;
    private readonly OdynEmulator _odyn;

    private DevnetApp(string image, OdynEmulator odyn)
    {
        _image = image;
        _odyn = odyn;
    }

    public AppId App { get; private set; }

    public VersionId Version { get; private set; }

    public InstanceId Instance { get; private set; }

    public Uri OdynUrl => _odyn.Url;

    internal EmulatedEnclave Enclave => _odyn.Enclave;

    /// <summary>Starts its enclave; the registry does not know it yet.</summary>
    internal static async Task<DevnetApp> BootAsync(string image, EmulatedEnclave enclave, CancellationToken cancel) =>
        new(image, await OdynEmulator.StartAsync(enclave, cancel));

    /// <summary>Creates the app with one version and registers the enclave as its instance.</summary>
    internal async Task RegisterAsync(DevnetContracts contracts, DevnetRpc rpc, CancellationToken cancel)
    {
        (App, Version) = await contracts.CreateAppAsync(_image, DevnetAuthority.MeasurementOf(_image), cancel);
        await rpc.FundAsync(Enclave.Wallet, cancel);
        Instance = await contracts.RegisterAsync(App, Version, Enclave.Wallet, Enclave.TeePublicKey, $"https://{_image}.example", cancel);
    }

    public ValueTask DisposeAsync() => _odyn.DisposeAsync();

    /// <summary>All that a client needs to speak for the app, private keys included: a devnet's keys protect nothing.</summary>
    public DevnetFile.AppPart Keys => new(
        App.Value,
        Version.Value,
        Instance.Value,
        Enclave.Wallet.ToString(),
        Enclave.ExportWalletPrivateKey(),
        Enclave.TeePublicKey.ToString(),
        Enclave.ExportTeePrivateKeyPkcs8(),
        Plain(OdynUrl),
        Enclave.Build.Envelopes.Name);

    /// <summary>Without the slash that <see cref="Uri"/> adds: clients append paths.</summary>
    internal static string Plain(Uri url) => url.GetLeftPart(UriPartial.Authority);
}
