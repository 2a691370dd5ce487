namespace Kms.Sim.Enclave;

/// <summary>What a simulated Odyn does to its node at the moment; faults set it, healing resets it.</summary>
internal sealed class OdynMood
{
    public bool Fails { get; set; }

    public bool Hangs { get; set; }

    public TimeSpan ExtraLatency { get; set; }

    public OdynRandomness Randomness { get; set; }

    public OdynAttestation Attestation { get; set; }

    /// <summary>Shows another wallet and key from now on.</summary>
    public EnclaveKeys? Impostor { get; set; }

    public void Heal()
    {
        Fails = false;
        Hangs = false;
        ExtraLatency = TimeSpan.Zero;
        Randomness = OdynRandomness.Fresh;
        Attestation = OdynAttestation.Honest;
        Impostor = null;
    }
}
