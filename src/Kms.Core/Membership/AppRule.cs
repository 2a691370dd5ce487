using Kms.Core.Registry;

namespace Kms.Core.Membership;

/// <summary>
/// What the registry must say of an app's instance for it to be served, at one view (design §7): instance ACTIVE and zkVerified
/// with a TEE key, app ACTIVE, version ENROLLED or DEPRECATED with a measurement.
/// </summary>
internal static class AppRule
{
    /// <summary>The first rule that the facts break, or null.</summary>
    public static AppRefusal? Check(WalletFacts facts)
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
        if (!versionServes)
        {
            return AppRefusal.VersionNotAllowed;
        }

        return instance.TeePublicKey is null ? AppRefusal.NoTeeKey : null;
    }
}

/// <summary>Why a proven wallet is not let in. Each is 403 on the wire, but for <see cref="ChainUnavailable"/> (503).</summary>
internal enum AppRefusal
{
    /// <summary>The chain gave no answer: nothing is known, so nothing is granted.</summary>
    ChainUnavailable,

    /// <summary>No instance is bound to the wallet at one of the views.</summary>
    UnknownWallet,

    /// <summary>The instance is not ACTIVE.</summary>
    InstanceNotActive,

    /// <summary>Registered without a proof of its attestation.</summary>
    NotZkVerified,

    /// <summary>The app is not ACTIVE.</summary>
    AppNotActive,

    /// <summary>The version is neither ENROLLED nor DEPRECATED, or has no measurement (finding M5).</summary>
    VersionNotAllowed,

    /// <summary>The registered TEE key is not a P-384 key, or differs between the views.</summary>
    NoTeeKey,
}
