using System.Security.Cryptography;
using System.Text;
using Kms.Core.Attestation;
using Kms.Devnet.Odyn;

namespace Kms.Devnet.Attestation;

/// <summary>The devnet's own attestation authority: made at start, gone at stop, trusted by this devnet's nodes alone.</summary>
internal sealed class DevnetAuthority
{
    private readonly NitroIssuer _issuer = new(RandomNumberGenerator.GetBytes(NitroIssuer.SeedBytes));
    private int _boots;

    public AttestationRoot Root => _issuer.Root;

    /// <summary>The root certificate, DER: what another process needs to join this devnet.</summary>
    public ReadOnlyMemory<byte> RootDer => _issuer.RootDer;

    /// <summary>keccak256(pcr0 ‖ pcr1 ‖ pcr2) of the image that the name stands for.</summary>
    public static Bytes32 MeasurementOf(string image)
    {
        var pcrs = PcrsOf(image);
        return Keccak256.Hash([.. pcrs[0].Span, .. pcrs[1].Span, .. pcrs[2].Span]);
    }

    /// <summary>Boots a simulated enclave that runs the image.</summary>
    /// <param name="build">The supervisor beside it; the newest when null.</param>
    public EmulatedEnclave Boot(string image, SupervisorBuild? build = null)
    {
        build ??= SupervisorBuild.Newest;
        var pcrs = PcrsOf(image);
        string moduleId = $"i-simulated-enc{Interlocked.Increment(ref _boots):x4}";
        return EmulatedEnclave.Create(build, (fields, keyForm) =>
            _issuer.Mint(new NitroClaims(fields, pcrs, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), moduleId, keyForm)));
    }

    private static ReadOnlyMemory<byte>[] PcrsOf(string image) =>
        [.. Enumerable.Range(0, 3).Select(index => (ReadOnlyMemory<byte>)SHA384.HashData(Encoding.UTF8.GetBytes($"{image}:pcr{index}")))];
}
