using Kms.Core.Cryptography;
using Kms.Core.Json;
using Kms.Core.Primitives;
using Kms.Devnet.Attestation;
using Kms.Devnet.Odyn;

namespace Kms.Sim.Enclave;

/// <summary>Mints attestation documents of the simulated fleet. One per process: its chain costs milliseconds to make and
/// depends on nothing but its seed.</summary>
internal sealed class SimHypervisor
{
    private readonly NitroIssuer _issuer = new(new byte[] { 0x51, 0x1d }.Concat(new byte[NitroIssuer.SeedBytes - 2]).ToArray());

    public static SimHypervisor Shared { get; } = new();

    public Core.Attestation.AttestationRoot Root => _issuer.Root;

    /// <summary>The registers of an image.</summary>
    public static ReadOnlyMemory<byte>[] Registers(byte image)
    {
        var registers = new ReadOnlyMemory<byte>[3];
        for (int i = 0; i < registers.Length; i++)
        {
            var register = new byte[48];
            Array.Fill(register, image);
            register[0] = (byte)i;
            registers[i] = register;
        }

        return registers;
    }

    public static Bytes32 Measurement(byte image) =>
        Keccak256.Hash(Registers(image).SelectMany(register => register.ToArray()).ToArray());

    /// <summary>A document of an enclave with that wallet, as whoever reaches its hypervisor gets it.</summary>
    /// <param name="userData">The caller's; the wallet is written into it.</param>
    public byte[] Mint(byte[] nonce, TeePublicKey key, JsonValue userData, WalletAddress wallet, byte image, DateTimeOffset now) =>
        Mint(Claims(new AttestedFields(nonce, key, SupervisorUserData.Of(userData, wallet)), Registers(image), now, AttestedKeyForm.Spki));

    public byte[] Mint(NitroClaims claims) => _issuer.Mint(claims);

    public static NitroClaims Claims(AttestedFields fields, ReadOnlyMemory<byte>[] registers, DateTimeOffset now, AttestedKeyForm form) =>
        new(fields, registers, now.ToUnixTimeMilliseconds(), "i-simulated", form);
}
