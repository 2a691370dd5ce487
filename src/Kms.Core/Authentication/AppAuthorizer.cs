using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Core.Authentication;

/// <summary>
/// Decides whether a wallet is an app instance that may be served: <see cref="AppRule"/> at both views, which agree on the
/// instance and its key; the app id comes from the chain (design §7).
/// </summary>
internal sealed class AppAuthorizer(IWalletFacts registry)
{
    public async Task<Result<VerifiedApp, AppRefusal>> AuthorizeAsync(WalletAddress wallet, CancellationToken cancel)
    {
        var read = await registry.ReadWalletAsync(wallet, cancel);
        if (!read.TryGet(out var views))
        {
            return Result<VerifiedApp, AppRefusal>.Fail(AppRefusal.ChainUnavailable);
        }

        Invariant.Require(views.AtFinal.Wallet == wallet);
        Invariant.Require(views.AtLatest.Wallet == wallet);

        return VerifiedApp.At(views);
    }
}

/// <summary>An app instance that is authorised at both views. Nothing makes one but the check itself, <see cref="At"/>. The app id comes from the chain.</summary>
internal sealed class VerifiedApp
{
    private VerifiedApp(AppId app, WalletAddress wallet, TeePublicKey teePublicKey)
    {
        App = app;
        Wallet = wallet;
        TeePublicKey = teePublicKey;
    }

    /// <summary><see cref="AppRule"/> at both views of one wallet, which agree on the instance and its key.</summary>
    public static Result<VerifiedApp, AppRefusal> At(TwoViews<WalletFacts> views)
    {
        // Latest first: what was taken away must not be reported as "not there yet".
        var refusal = AppRule.Check(views.AtLatest) ?? AppRule.Check(views.AtFinal);
        if (refusal is { } why)
        {
            return Result<VerifiedApp, AppRefusal>.Fail(why);
        }

        var final = views.AtFinal.Instance!;
        var latest = views.AtLatest.Instance!;
        if (final.App != latest.App || final.Id != latest.Id)
        {
            // A wallet binds to one instance for ever: a difference is a reorg in progress, or a lying registry.
            return Result<VerifiedApp, AppRefusal>.Fail(AppRefusal.UnknownWallet);
        }

        var key = latest.TeePublicKey!;
        return key.Equals(final.TeePublicKey)
            ? Result<VerifiedApp, AppRefusal>.Ok(new VerifiedApp(latest.App, views.AtLatest.Wallet, key))
            : Result<VerifiedApp, AppRefusal>.Fail(AppRefusal.NoTeeKey);
    }

    public AppId App { get; }

    public WalletAddress Wallet { get; }

    /// <summary>The on-chain key: envelopes must come from it and answers are sealed to it.</summary>
    public TeePublicKey TeePublicKey { get; }
}
