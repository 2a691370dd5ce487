using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Kms.Core.Attestation;
using Kms.Core.Ports;
using Kms.Devnet.Attestation;

namespace Kms.Benchmarks;

/// <summary>
/// Verifying one Nitro document of a simulated chain (root, intermediate, leaf). Floor: the three ES384 verifications that no
/// verifier can avoid (two certificates and the document), by OpenSSL.
/// </summary>
[BenchmarkCategory("attestation")]
public class AttestationBenchmarks
{
    private const long TimeMs = 1_795_000_000_000;
    private const int SignaturesToVerify = 3;

    private readonly byte[] _nonce = Inputs.Filled(9, 32);
    private readonly byte[] _message = Inputs.Filled(1, 1_024);
    private readonly DateTimeOffset _at = DateTimeOffset.FromUnixTimeMilliseconds(TimeMs);
    private ECDsa _key = null!;
    private byte[] _signature = [];
    private byte[] _document = [];
    private NitroIssuer _issuer = null!;
    private NitroClaims _claims = null!;
    private AttestationVerifier _verifier = null!;

    [GlobalSetup]
    public void Setup()
    {
        _key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        _signature = _key.SignData(_message, HashAlgorithmName.SHA384);
        _issuer = new NitroIssuer(Inputs.Filled(1, 32));
        ReadOnlyMemory<byte> pcr = Inputs.Filled(4, 48);
        _claims = new NitroClaims(new AttestedFields(_nonce, null, Inputs.Filled(5, 52)), [pcr, pcr, pcr], TimeMs, "i-simulated-enc0001");
        _document = _issuer.Mint(_claims);
        _verifier = new AttestationVerifier(_issuer.Root);
        if (!Verify())
        {
            throw new InvalidOperationException("the document must verify");
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _key.Dispose();

    [Benchmark(Baseline = true, Description = "floor: 3 ES384 verifications, OpenSSL")]
    public bool Floor()
    {
        bool valid = true;
        for (int i = 0; i < SignaturesToVerify; i++)
        {
            valid &= _key.VerifyData(_message, _signature, HashAlgorithmName.SHA384);
        }

        return valid;
    }

    [Benchmark(Description = "verify a document")]
    public bool Verify() => _verifier.Verify(_document, _at, _nonce).TryGet(out _);

    [Benchmark(Description = "parse only")]
    public bool Parse() => NitroDocument.TryParse(_document, out _);

    [Benchmark(Description = "mint a document (devnet), leaf at hand")]
    public byte[] Mint() => _issuer.Mint(_claims);
}
