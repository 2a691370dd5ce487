namespace Kms.Core.Secrets;

/// <summary>Where a secret is in its life. <see cref="SecretTransitions"/> says which moves exist.</summary>
internal enum SecretState
{
    /// <summary>Generated here or handed over; its hash is not active at both views. Never used, only confirmed and handed over.</summary>
    Candidate,

    /// <summary>Its hash is active and unretired at both views: the only state in which anything is derived from it.</summary>
    Active,

    /// <summary>Its proof is missing at some view: unusable, kept (stop using is not destroying, design §4).</summary>
    Quarantined,

    /// <summary>Gone from memory.</summary>
    Destroyed,
}

/// <summary>The transition table of a secret.</summary>
internal static class SecretTransitions
{
    public static bool Allows(SecretState from, SecretState to) => (from, to) switch
    {
        (SecretState.Candidate, SecretState.Active) => true,
        (SecretState.Candidate, SecretState.Quarantined) => true,
        (SecretState.Candidate, SecretState.Destroyed) => true,
        (SecretState.Active, SecretState.Quarantined) => true,
        (SecretState.Active, SecretState.Destroyed) => true,
        (SecretState.Quarantined, SecretState.Active) => true,
        (SecretState.Quarantined, SecretState.Candidate) => true,
        (SecretState.Quarantined, SecretState.Destroyed) => true,
        _ => false,
    };
}

/// <summary>Which proof of an active secret is missing.</summary>
internal enum QuarantineReason
{
    NotActiveAtFinal,
    NotActiveAtLatest,
    Retired,
    NotAMember,
    DeepReorg,
}

/// <summary>
/// Why a secret is destroyed: these and no others (design §4). The first five need fresh views; what can be repaired, and what
/// may be an error of the registry, an endpoint or this program, is no reason.
/// </summary>
internal enum DestroyReason
{
    /// <summary>The final view shows its epoch retired.</summary>
    EpochRetired,

    /// <summary>
    /// The final view shows another hash active for its epoch, and has for <see cref="Limits.SupersededKeptBlocks"/>, or there
    /// are more such than <see cref="Limits.MaxSupersededSecrets"/>.
    /// </summary>
    AnotherHashActive,

    /// <summary>
    /// A candidate that can never become active: the final view shows its proposal closed without activation, and none of our
    /// calls for it can be mined any more.
    /// </summary>
    ProposalExpired,

    /// <summary>
    /// A candidate that can never become active: the registry refused it again and again, nobody ever proposed it, and none of
    /// our calls for it can be mined any more.
    /// </summary>
    NeverProposed,

    /// <summary>The final view has shown this very instance ended for <see cref="Limits.EndedDestroyAfterMs"/>: <see cref="EndOfInstance"/>.</summary>
    InstanceEnded,

    /// <summary>The node was asked to stop.</summary>
    Shutdown,
}
