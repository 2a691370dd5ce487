namespace Kms.Sim.Enclave;

/// <summary>What the hypervisor attests.</summary>
internal enum OdynAttestation
{
    Honest,

    /// <summary>Another image's registers.</summary>
    WrongMeasurement,

    /// <summary>A document from hours ago, whatever nonce was asked for.</summary>
    Stale,

    /// <summary>Registers all zero.</summary>
    DebugMode,

    /// <summary>Not a document.</summary>
    Garbage,
}
