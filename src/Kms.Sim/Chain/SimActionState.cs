namespace Kms.Sim.Chain;

/// <summary>Life of a scheduled action; the numbers are the contract's.</summary>
internal enum SimActionState
{
    None,
    Scheduled,
    Executed,
    Cancelled,
}
