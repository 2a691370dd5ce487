using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Kms.Core.Cryptography;

namespace Kms.Benchmarks;

/// <summary>An envelope of 1 KiB for a peer whose key is cached. Floor: AES-256-GCM of the same bytes with the key set up each time.</summary>
[BenchmarkCategory("envelope, known peer")]
public class EnvelopeKnownPeerBenchmarks
{
    private const int PlaintextBytes = 1_024;

    private readonly byte[] _plaintext = Inputs.Filled(1, PlaintextBytes);
    private readonly byte[] _ciphertext = new byte[PlaintextBytes];
    private readonly byte[] _tag = new byte[16];
    private readonly byte[] _nonce = Inputs.Filled(2, 12);
    private readonly byte[] _key = Inputs.Filled(3, 32);
    private TeePrivateKey _alice = null!;
    private TeePrivateKey _bob = null!;
    private Ecies _sealing = null!;
    private Ecies _opening = null!;
    private OdynEnvelope _envelope = null!;

    [GlobalSetup]
    public void Setup()
    {
        _alice = Inputs.Tee(1);
        _bob = Inputs.Tee(2);
        _sealing = new Ecies(_alice, maxPeers: 8);
        _opening = new Ecies(_bob, maxPeers: 8);
        _envelope = _sealing.Seal(_plaintext, _bob.PublicKey, _nonce);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _sealing.Dispose();
        _opening.Dispose();
        _alice.Dispose();
        _bob.Dispose();
    }

    [Benchmark(Baseline = true, Description = "floor: AES-256-GCM of 1 KiB")]
    public byte[] Floor()
    {
        using var aes = new AesGcm(_key, 16);
        aes.Encrypt(_nonce, _plaintext, _ciphertext, _tag);
        return _ciphertext;
    }

    [Benchmark(Description = "seal, known peer")]
    public OdynEnvelope Seal() => _sealing.Seal(_plaintext, _bob.PublicKey, _nonce);

    [Benchmark(Description = "open, known peer")]
    public bool Open() => _opening.TryOpen(_envelope, out _);
}
