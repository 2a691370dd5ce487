using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Core.Secrets;

namespace Kms.Benchmarks;

/// <summary>One 32-byte app key. Floor: HKDF-SHA256 over the same salt and info, key in an array.</summary>
[BenchmarkCategory("derivation")]
public class DerivationBenchmarks
{
    private readonly byte[] _key = Inputs.Filled(1, 32);
    private readonly byte[] _output = new byte[32];
    private readonly byte[] _salt = "nova-kms:app:49"u8.ToArray();
    private readonly byte[] _info = "wallet/root"u8.ToArray();
    private readonly DerivationInput _input = new("wallet/root", "", 1);
    private readonly AppId _app = AppId.From(49);
    private readonly Epoch _epoch = Epoch.From(1);
    private MasterSecret _secret = null!;

    [GlobalSetup]
    public void Setup() => _secret = MasterSecret.Import(_key);

    [GlobalCleanup]
    public void Cleanup() => _secret.Dispose();

    [Benchmark(Baseline = true, Description = "floor: HKDF-SHA256, 32 bytes")]
    public byte[] Floor()
    {
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, _output, _salt, _info);
        return _output;
    }

    [Benchmark(Description = "derive an app key from guarded memory")]
    public byte[] Derive()
    {
        KeyDerivation.DeriveApp(_secret, _app, _epoch, _input, _output);
        return _output;
    }
}
