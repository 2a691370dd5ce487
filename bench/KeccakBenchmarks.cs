using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Kms.Core.Cryptography;

namespace Kms.Benchmarks;

/// <summary>Keccak-256. There is no primitive below it; SHA-256 by OpenSSL gives the scale.</summary>
[BenchmarkCategory("keccak")]
public class KeccakBenchmarks
{
    private readonly byte[] _digest = new byte[32];
    private byte[] _input = [];

    [Params(32, 100, 1_024)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup() => _input = Inputs.Filled(1, Bytes);

    [Benchmark(Baseline = true, Description = "scale: SHA-256")]
    public byte[] Scale()
    {
        SHA256.HashData(_input, _digest);
        return _digest;
    }

    [Benchmark(Description = "Keccak-256, BouncyCastle")]
    public byte[] Keccak()
    {
        Keccak256.Hash(_input, _digest);
        return _digest;
    }
}
