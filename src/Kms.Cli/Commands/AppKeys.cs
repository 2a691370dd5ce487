using Kms.Adapters.Odyn;
using Kms.Client;
using Kms.Core.Cryptography;

namespace Kms.Cli.Commands;

/// <summary>The app that a command speaks for, with what has to be disposed.</summary>
internal sealed record AppKeys(IAppIdentity Identity, IDisposable Owned)
{
    public static AppKeys At(OdynHttp odyn) => new(new OdynAppIdentity(odyn), odyn);

    /// <param name="schemeName">What the nodes' supervisors speak; the newest when null.</param>
    public static AppKeys Local(string walletPrivateKey, string teePrivateKeyPkcs8, string? schemeName)
    {
        EnvelopeScheme? scheme = null;
        if (schemeName is not null && !EnvelopeScheme.TryFind(schemeName, out scheme))
        {
            throw new UsageException($"no envelope scheme {schemeName}: there are {string.Join(", ", EnvelopeScheme.All)}");
        }

        try
        {
            var identity = LocalAppIdentity.FromHex(walletPrivateKey, teePrivateKeyPkcs8, scheme);
            return new AppKeys(identity, identity);
        }
        catch (FormatException error)
        {
            throw new UsageException($"the app's keys are unusable: {error.Message}", error);
        }
    }
}
