using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Core.Authentication;

/// <summary>
/// Decides whether a wallet is an app instance that may be served: <see cref="AppRule"/> at both views, which agree on the
/// instance and its key; the app id comes from the chain (design §7).
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
        var refusal = AppRule.Check(views.AtLatest) ?? AppRule.Check(views.AtFinal);
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

        var key = latest.TeePublicKey!;
        return key.Equals(final.TeePublicKey)
            ? AppAuthorization.Granted(new VerifiedApp(latest.App, wallet, key))
            : AppAuthorization.Refused(AppRefusal.NoTeeKey);
    }
}
