namespace Kms.Core.Secrets;

/// <summary>Why a secret is destroyed: these and no others (design §4).</summary>
internal enum DestroyReason
{
    /// <summary>The final view shows its epoch retired.</summary>
    EpochRetired,

    /// <summary>The final view shows another hash active for its epoch.</summary>
    AnotherHashActive,

    /// <summary>The final view shows its proposal closed without activation, and none of our calls for it can be mined any more.</summary>
    ProposalExpired,

    /// <summary>The final view has shown this node expelled for <see cref="Limits.ExpelledDestroyAfterMs"/>.</summary>
    Expelled,

    /// <summary>The node stops.</summary>
    Shutdown,
}
