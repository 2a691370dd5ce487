namespace Kms.Core.Node.Handover;

/// <summary>Why a handover did not happen.</summary>
internal enum HandoverRefusal
{
    Malformed,

    /// <summary>This node cannot judge now: chain stale, no trusted time, Odyn unwell.</summary>
    NotNow,

    /// <summary>The receiver is no member at both views.</summary>
    NotAMember,

    /// <summary>A member, but not ENROLLED: it never receives.</summary>
    NotEligible,

    /// <summary>The challenge is not a fresh, unused nonce of the sender.</summary>
    StaleChallenge,

    /// <summary>This node does not hold the epoch's secret, or may not hand it over at this view.</summary>
    NotHeld,
    TooMany,

    /// <summary>The document is malformed, forged, of another root, outside validity, of a debug enclave, or for another challenge or other terms.</summary>
    AttestationRefused,

    /// <summary>The document's user data does not name the peer's wallet, once and at its top.</summary>
    WrongWallet,

    /// <summary>No key, a key that is registered for any operator, or our own.</summary>
    WrongKey,

    /// <summary>The enclave runs other code than the chain says.</summary>
    WrongMeasurement,

    /// <summary>Odyn gave no document or no randomness.</summary>
    OdynUnavailable,

    /// <summary>The peer gave no usable answer.</summary>
    PeerFailed,

    /// <summary>The peer said, signed, that it hands nothing over now: it may not have seen the block that we saw.</summary>
    PeerRefused,

    /// <summary>The sealed secret does not open.</summary>
    NotAuthentic,

    /// <summary>What opened is not the secret that the chain names.</summary>
    WrongSecret,
}
