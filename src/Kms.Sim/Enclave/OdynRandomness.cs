namespace Kms.Sim.Enclave;

/// <summary>How good the hardware generator is.</summary>
internal enum OdynRandomness
{
    Fresh,

    /// <summary>All bytes equal.</summary>
    Constant,

    /// <summary>The same plausible bytes again and again.</summary>
    Repeated,
}
