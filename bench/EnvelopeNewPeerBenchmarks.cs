using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Kms.Core.Cryptography;

namespace Kms.Benchmarks;

/// <summary>An envelope of 1 KiB for a peer met for the first time. Floor: one P-384 agreement by OpenSSL, keys imported before.</summary>
[BenchmarkCategory("envelope, new peer")]
public class EnvelopeNewPeerBenchmarks
{
    private readonly byte[] _plaintext = Inputs.Filled(1, 1_024);
    private readonly byte[] _nonce = Inputs.Filled(2, 12);
    private TeePrivateKey _alice = null!;
    private TeePrivateKey _bob = null!;
    private ECDiffieHellman _rawAlice = null!;
    private ECDiffieHellman _rawBob = null!;
    private ECDiffieHellmanPublicKey _rawBobPublic = null!;
    private OdynEnvelope _envelope = null!;

    [GlobalSetup]
    public void Setup()
    {
        _alice = Inputs.Tee(1);
        _bob = Inputs.Tee(2);
        _rawAlice = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP384);
        _rawBob = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP384);
        _rawBobPublic = _rawBob.PublicKey;
        using var exchange = new Ecies(_alice, maxPeers: 1);
        _envelope = exchange.Seal(_plaintext, _bob.PublicKey, _nonce);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _alice.Dispose();
        _bob.Dispose();
        _rawBobPublic.Dispose();
        _rawBob.Dispose();
        _rawAlice.Dispose();
    }

    [Benchmark(Baseline = true, Description = "floor: P-384 agreement, OpenSSL")]
    public byte[] Floor() => _rawAlice.DeriveRawSecretAgreement(_rawBobPublic);

    [Benchmark(Description = "seal, new peer")]
    public OdynEnvelope Seal()
    {
        using var exchange = new Ecies(_alice, maxPeers: 1);
        return exchange.Seal(_plaintext, _bob.PublicKey, _nonce);
    }

    [Benchmark(Description = "open, new peer")]
    public bool Open()
    {
        using var exchange = new Ecies(_bob, maxPeers: 1);
        return exchange.TryOpen(_envelope, out _);
    }
}
