using Kms.Core.Primitives;

namespace Kms.Core.Authentication;

/// <summary>An app instance that is authorised at both views: minted by <c>AppAuthorizer</c> alone. The app id comes from the chain.</summary>
internal sealed class VerifiedApp
{
    internal VerifiedApp(AppId app, WalletAddress wallet, TeePublicKey teePublicKey)
    {
        App = app;
        Wallet = wallet;
        TeePublicKey = teePublicKey;
    }

    public AppId App { get; }

    public WalletAddress Wallet { get; }

    /// <summary>The on-chain key: envelopes must come from it and answers are sealed to it.</summary>
    public TeePublicKey TeePublicKey { get; }
}
