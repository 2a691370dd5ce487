namespace Kms.Core.Secrets;

/// <summary>What a node without anything to do about an epoch waits for.</summary>
internal enum WaitReason
{
    NotAMember,

    /// <summary>A member, but its version is not ENROLLED: it never proposes, confirms or receives.</summary>
    NotEligible,

    /// <summary>The views differ in what they show: the final one has to catch up.</summary>
    Finality,
    Confirmations,
    ProposalsPaused,

    /// <summary>A proposal would expire before it could be confirmed at both views: <c>proposalBlocks</c> is too small.</summary>
    ProposalsTooShort,
    Barred,

    /// <summary>As many candidates are kept as <see cref="Limits.MaxCandidateSecrets"/> allows.</summary>
    TooManyCandidates,
}
