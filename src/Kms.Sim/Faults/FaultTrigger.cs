namespace Kms.Sim.Faults;

/// <summary>What a fault waits for; its time then counts from there, and node -1 means whoever did it.</summary>
internal enum FaultTrigger
{
    None,
    Proposed,
    Confirmed,
    Activated,
    FirstReady,
}
