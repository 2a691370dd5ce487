using Kms.Adapters.Odyn;
using Kms.Client;

namespace Kms.Cli.Commands;

/// <summary>The app that a command speaks for, with what has to be disposed.</summary>
internal sealed record AppKeys(IAppIdentity Identity, IDisposable Owned)
{
    public static AppKeys At(OdynHttp odyn) => new(new OdynAppIdentity(odyn), odyn);

    public static AppKeys Local(string walletPrivateKey, string teePrivateKeyPkcs8)
    {
        try
        {
            var identity = LocalAppIdentity.FromHex(walletPrivateKey, teePrivateKeyPkcs8);
            return new AppKeys(identity, identity);
        }
        catch (FormatException error)
        {
            throw new UsageException($"the app's keys are unusable: {error.Message}", error);
        }
    }
}
