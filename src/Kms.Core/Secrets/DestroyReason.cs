namespace Kms.Core.Secrets;

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
