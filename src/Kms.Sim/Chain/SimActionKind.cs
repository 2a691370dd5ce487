namespace Kms.Sim.Chain;

/// <summary>KMSRegistry's scheduled actions; the numbers are the contract's.</summary>
internal enum SimActionKind
{
    None,
    Upgrade,
    SetNovaAppRegistry,
    AddMeasurement,
    SetConfirmationTarget,
    SetDefaultEpoch,
    RetireEpoch,
    Reset,
    SetGuardian,
    SetDelay,
    SetProposalBlocks,
    SetRotationInterval,
    RemoveMeasurement,
}
