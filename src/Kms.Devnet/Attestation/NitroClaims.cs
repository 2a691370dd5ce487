namespace Kms.Devnet.Attestation;

/// <summary>What a simulated enclave attests.</summary>
/// <param name="Fields">What the hypervisor was asked to put in.</param>
/// <param name="Pcrs">PCR0, PCR1 and PCR2, 48 bytes each; all zero makes a debug-mode document. The others are zero.</param>
/// <param name="TimestampMs">Unix milliseconds by the simulated hypervisor, from 2001 to 2099.</param>
/// <param name="ModuleId">1 to 64 ASCII characters; names the enclave in the leaf certificate too.</param>
/// <param name="KeyForm">How the public key is written, if there is one.</param>
internal sealed record NitroClaims(
    AttestedFields Fields,
    IReadOnlyList<ReadOnlyMemory<byte>> Pcrs,
    long TimestampMs,
    string ModuleId,
    AttestedKeyForm KeyForm = AttestedKeyForm.Spki);
