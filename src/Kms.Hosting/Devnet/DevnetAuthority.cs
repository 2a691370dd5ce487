using System.Security.Cryptography;
using System.Text;
using Kms.Core.Attestation;
using Kms.Hosting.Devnet.Odyn;

namespace Kms.Hosting.Devnet;

/// <summary>The devnet's own attestation authority: made at start, gone at stop, trusted by this devnet's nodes alone.</summary>
internal sealed class DevnetAuthority : IDisposable
{
    private readonly NitroIssuer _issuer = new();

    public AttestationRoot Root => _issuer.Root;

    /// <summary>The root certificate, DER: what another process needs to join this devnet.</summary>
    public byte[] RootDer => _issuer.RootDer;

    /// <summary>keccak256(pcr0 ‖ pcr1 ‖ pcr2) of the image that the name stands for.</summary>
    public static Bytes32 MeasurementOf(string image)
    {
        byte[][] pcrs = PcrsOf(image);
        return Keccak256.Hash([.. pcrs[0], .. pcrs[1], .. pcrs[2]]);
    }

    /// <summary>Boots a simulated enclave that runs the image.</summary>
    public EmulatedEnclave Boot(string image)
    {
        byte[][] pcrs = PcrsOf(image);
        return EmulatedEnclave.Create((nonce, publicKey, userData) => _issuer.Issue(pcrs, nonce, publicKey, userData));
    }

    public void Dispose() => _issuer.Dispose();

    private static byte[][] PcrsOf(string image) =>
        [.. Enumerable.Range(0, 3).Select(index => SHA384.HashData(Encoding.UTF8.GetBytes($"{image}:pcr{index}")))];
}
