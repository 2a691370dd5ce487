using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Core.Authentication;

/// <summary>
/// Decides whether a wallet is an app instance that may be served (design §7): instance ACTIVE and zkVerified, app ACTIVE,
/// version ENROLLED or DEPRECATED with a measurement, at both views; the app id comes from the chain.
/// </summary>
internal sealed class AppAuthorizer(IWalletFacts registry)
{
    public async Task<AppAuthorization> AuthorizeAsync(WalletAddress wallet, CancellationToken cancel)
    {
        var read = await registry.ReadWalletAsync(wallet, cancel);
        if (!read.TryGet(out var views))
        {
            return AppAuthorization.NotKnown(read.Failure!.Value);
        }

        Invariant.Require(views.AtFinal.Wallet == wallet);
        Invariant.Require(views.AtLatest.Wallet == wallet);

        // Latest first: what was taken away must not be reported as "not there yet".
        var refusal = Refuse(views.AtLatest) ?? Refuse(views.AtFinal);
        if (refusal is { } why)
        {
            return AppAuthorization.Refused(why);
        }

        var final = views.AtFinal.Instance!;
        var latest = views.AtLatest.Instance!;
        if (final.App != latest.App || final.Id != latest.Id)
        {
            // A wallet binds to one instance for ever: a difference is a reorg in progress, or a lying registry.
            return AppAuthorization.Refused(AppRefusal.UnknownWallet);
        }

        return latest.TeePublicKey is { } key && key.Equals(final.TeePublicKey)
            ? AppAuthorization.Granted(new VerifiedApp(latest.App, wallet, key))
            : AppAuthorization.Refused(AppRefusal.NoTeeKey);
    }

    /// <summary>The first rule that the facts of one view break, or null.</summary>
    private static AppRefusal? Refuse(WalletFacts facts)
    {
        if (facts.Instance is not { } instance || instance.Wallet != facts.Wallet || instance.App.IsDefault)
        {
            return AppRefusal.UnknownWallet;
        }

        if (instance.Status != InstanceStatus.Active)
        {
            return AppRefusal.InstanceNotActive;
        }

        if (!instance.ZkVerified)
        {
            return AppRefusal.NotZkVerified;
        }

        if (facts.App is not { } app || app.Id != instance.App || app.Status != AppStatus.Active)
        {
            return AppRefusal.AppNotActive;
        }

        bool versionServes = facts.Version is { } version
            && version.App == instance.App
            && version.Id == instance.Version
            && version.Status is VersionStatus.Enrolled or VersionStatus.Deprecated
            && !version.CodeMeasurement.IsZero;
        return versionServes ? null : AppRefusal.VersionNotAllowed;
    }
}
