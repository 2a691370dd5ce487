using Kms.Hosting.Devnet.Odyn;

namespace Kms.Hosting.Devnet;

/// <summary>An app that uses the devnet's KMS, with its own simulated enclave.</summary>
public sealed class DevnetApp : IAsyncDisposable
{
    private readonly OdynEmulator _odyn;

    internal DevnetApp(AppId app, VersionId version, InstanceId instance, OdynEmulator odyn)
    {
        App = app;
        Version = version;
        Instance = instance;
        _odyn = odyn;
    }

    public AppId App { get; }

    public VersionId Version { get; }

    public InstanceId Instance { get; }

    public Uri OdynUrl => _odyn.Url;

    internal EmulatedEnclave Enclave => _odyn.Enclave;

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
        Plain(OdynUrl));

    /// <summary>Without the slash that <see cref="Uri"/> adds: clients append paths.</summary>
    internal static string Plain(Uri url) => url.GetLeftPart(UriPartial.Authority);
}
