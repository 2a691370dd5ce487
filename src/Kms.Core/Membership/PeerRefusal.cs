namespace Kms.Core.Membership;

/// <summary>Why a wallet is no member of the cluster. The order is the order of the checks.</summary>
internal enum PeerRefusal
{
    /// <summary>The chain gave no answer that is fresh enough to decide on.</summary>
    ChainUnavailable,

    /// <summary>KMSRegistry has no app yet, or the app registry does not know it.</summary>
    NoKmsApp,
    AppNotActive,

    /// <summary>Not on KMSRegistry's operator list.</summary>
    NotListed,
    UnknownInstance,
    WrongApp,
    InstanceNotActive,
    NotZkVerified,
    UnknownVersion,
    VersionRevoked,
    MeasurementNotApproved,

    /// <summary>An earlier active instance of the KMS app has the same TEE key: one enclave is one member.</summary>
    SharedKey,

    /// <summary>Both views show a member, but not the same instance of the same version.</summary>
    ViewsDisagree,
}
