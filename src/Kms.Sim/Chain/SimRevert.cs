namespace Kms.Sim.Chain;

/// <summary>The contract's custom errors, without their prefix <c>KMSRegistry_</c>; <see cref="None"/> is success.</summary>
internal enum SimRevert
{
    None,
    ZeroHash,
    ZeroAppId,
    OutOfRange,
    AppIdAlreadySet,
    NotEligible,
    MeasurementKnown,
    MeasurementUnknown,
    TooManyMeasurements,
    ProposalsPaused,
    ProposalsNotPaused,
    NoEpochWanted,
    EpochAlreadyWanted,
    ProposalOpen,
    ProposalNotOpen,
    WrongProposal,
    HashKnown,
    Barred,
    AlreadyConfirmed,
    RotationOnlyByOwner,
    RotationTooEarly,
    NotOwnerOrGuardian,
    UnknownAction,
    ActionNotScheduled,
    ActionTooEarly,
    ActionExpired,
    EpochRetired,
    EpochInUse,
    NothingToReset,

    /// <summary>OpenZeppelin's OwnableUnauthorizedAccount.</summary>
    NotOwner,

    /// <summary>The devnet app registry's own refusals.</summary>
    Platform,
}
