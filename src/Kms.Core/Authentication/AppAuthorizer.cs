using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;

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

        return VerifiedApp.At(views);
    }
}

/// <summary>Outcome of asking whether a wallet is an app that may be served: exactly one of the three is set.</summary>
internal sealed record AppAuthorization
{
    private AppAuthorization()
    {
    }

    public VerifiedApp? App { get; private init; }

    public AppRefusal? Refusal { get; private init; }

    /// <summary>The chain gave no answer: nothing is known, so nothing is granted (503).</summary>
    public ChainFailure? Unknown { get; private init; }

    public static AppAuthorization Granted(VerifiedApp app) => new() { App = app };

    public static AppAuthorization Refused(AppRefusal refusal) => new() { Refusal = refusal };

    public static AppAuthorization NotKnown(ChainFailure failure) => new() { Unknown = failure };
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
    public static AppAuthorization At(TwoViews<WalletFacts> views)
    {
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
            ? AppAuthorization.Granted(new VerifiedApp(latest.App, views.AtLatest.Wallet, key))
            : AppAuthorization.Refused(AppRefusal.NoTeeKey);
    }

    public AppId App { get; }

    public WalletAddress Wallet { get; }

    /// <summary>The on-chain key: envelopes must come from it and answers are sealed to it.</summary>
    public TeePublicKey TeePublicKey { get; }
}
