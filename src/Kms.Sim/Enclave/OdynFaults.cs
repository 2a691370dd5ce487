using Kms.Core.Ports;
using Kms.Devnet.Attestation;

namespace Kms.Sim.Enclave;

/// <summary>What a simulated Odyn does to its node at the moment; the plan sets it, healing resets it.</summary>
internal sealed class OdynFaults
{
    /// <summary>What every call fails with; null: it answers.</summary>
    public OdynFailure? Fails { get; set; }

    public bool Hangs { get; set; }

    public TimeSpan ExtraLatency { get; set; }

    /// <summary>How long each answer takes; null: drawn.</summary>
    public TimeSpan? Pace { get; set; }

    /// <summary>Told of each call by its name, before anything comes of it; the answer waits for what it returns.</summary>
    public Func<string, Task>? Before { get; set; }

    public OdynRandomness Randomness { get; set; }

    public OdynAttestation Attestation { get; set; }

    /// <summary>Shows another wallet and key from now on.</summary>
    public EnclaveKeys? Impostor { get; set; }

    /// <summary>v 27 or 28, as hosted mocks sign; else 0 or 1, as supervisors do.</summary>
    public bool SignsOffset { get; set; }

    /// <summary>How keys stand in documents; null: drawn for each.</summary>
    public AttestedKeyForm? KeyForm { get; set; }

    /// <summary>Makes the document of what is attested, given the hypervisor: a lying one.</summary>
    public Func<NitroClaims, Func<NitroClaims, byte[]>, byte[]>? Forges { get; set; }

    /// <summary>Shown the plaintexts that go in and out, as the very bytes: whoever owns them must zero them.</summary>
    public Action<string, ReadOnlyMemory<byte>>? Plaintexts { get; set; }

    public void Heal()
    {
        Fails = null;
        Hangs = false;
        ExtraLatency = TimeSpan.Zero;
        Pace = null;
        Before = null;
        SignsOffset = false;
        KeyForm = null;
        Forges = null;
        Plaintexts = null;
        Randomness = OdynRandomness.Fresh;
        Attestation = OdynAttestation.Honest;
        Impostor = null;
    }
}
