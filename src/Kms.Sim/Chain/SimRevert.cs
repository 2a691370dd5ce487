namespace Kms.Sim.Chain;

/// <summary>The contract's custom errors, without their prefix <c>KMSRegistry_</c>; <see cref="None"/> is success.</summary>
internal enum SimRevert
{
    None,
    ZeroAddress,
    ZeroHash,
    ZeroAppId,
    OutOfRange,
    NotNovaAppRegistry,
    WrongApp,
    AppIdAlreadySet,
    NotEligible,
    RegistryUnreadable,
    AppNotActive,
    MeasurementKnown,
    MeasurementUnknown,
    MeasurementSuspended,
    LastMeasurement,
    TooManyMeasurements,
    TooManyOperators,
    ProposalsPaused,
    ProposalsNotPaused,
    NoEpochWanted,
    EpochAlreadyWanted,
    TooManyEpochs,
    ProposalOpen,
    ProposalNotOpen,
    WrongProposal,
    HashKnown,
    Barred,
    AlreadyConfirmed,
    WrongEpoch,
    WrongHash,
    StatementExpired,
    StatementUsed,
    BadSignature,
    RotationOnlyByOwner,
    RotationTooEarly,
    NotOwnerOrGuardian,
    GuardianCannotCancel,
    OwnershipCannotBeRenounced,
    UnknownAction,
    BadActionData,
    ActionNotScheduled,
    ActionTooEarly,
    ActionExpired,
    EpochRetired,
    EpochInUse,
    NothingToReset,
    WrongCodeHash,
    UpgradeNotScheduled,

    /// <summary>OpenZeppelin's.</summary>
    OwnableUnauthorizedAccount,

    /// <summary>OpenZeppelin's.</summary>
    InvalidInitialization,

    /// <summary>OpenZeppelin's.</summary>
    ERC1967InvalidImplementation,

    /// <summary>The devnet app registry's own refusals.</summary>
    Platform,
}
