using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Hosting.Devnet;

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

    public byte[] Mint(AttestedFields fields, ReadOnlyMemory<byte>[] registers, DateTimeOffset now, bool rawPoint) =>
        _issuer.Mint(new NitroClaims(
            fields, registers, now.ToUnixTimeMilliseconds(), "i-simulated", rawPoint ? AttestedKeyForm.RawPoint : AttestedKeyForm.Spki));
}
