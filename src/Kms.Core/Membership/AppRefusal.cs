namespace Kms.Core.Membership;

/// <summary>Why the registry does not let a proven wallet in. Each is 403 on the wire.</summary>
internal enum AppRefusal
{
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
