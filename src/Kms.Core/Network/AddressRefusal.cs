namespace Kms.Core.Network;

/// <summary>Why a URL gives no endpoint.</summary>
internal enum AddressRefusal
{
    /// <summary>Not of <see cref="PeerUrl"/>'s grammar.</summary>
    NotAUrl,

    /// <summary>An IP literal, or plain HTTP, that no configured exception covers.</summary>
    NotAllowed,

    /// <summary>The name has no address now.</summary>
    Unresolved,

    /// <summary>More answers than <see cref="Limits.MaxResolvedAddresses"/>.</summary>
    TooManyAddresses,

    /// <summary>At least one answer is not public unicast.</summary>
    NotPublic,
}
