namespace Kms.Sim.Chain;

/// <summary>KMSRegistry's scheduled actions; the numbers are the contract's. Upgrades and changes of the app registry are left out.</summary>
internal enum SimActionKind
{
    None = 0,
    AddMeasurement = 3,
    SetConfirmationTarget = 4,
    SetDefaultEpoch = 5,
    RetireEpoch = 6,
    Reset = 7,
    SetDelay = 9,
    SetProposalBlocks = 10,
    SetRotationInterval = 11,
}
