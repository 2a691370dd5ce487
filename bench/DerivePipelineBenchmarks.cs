using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Kms.Core.Cryptography;
using Kms.Core.Node;
using Kms.Core.Primitives;

namespace Kms.Benchmarks;

/// <summary>
/// A whole <c>POST /kms/derive</c> through the request pipeline, without HTTP: nonce, proof, two views, envelope, derivation,
/// sealed and signed answer. Odyn runs in this process, so its work counts. Floor: the primitives that nobody can avoid, made
/// from the same inputs: one recovery, one AES-256-GCM open and seal, one HKDF, and the signatures of the answer (v1 one, v2 two).
/// </summary>
public class DerivePipelineBenchmarks
{
    private const string Inner = """{"path":"wallet/root","context":"","length":32}""";

    private readonly byte[] _key = Inputs.Filled(1, 32);
    private readonly byte[] _nonce = Inputs.Filled(2, 12);
    private readonly byte[] _plaintext = System.Text.Encoding.UTF8.GetBytes(Inner);
    private readonly byte[] _ciphertext = new byte[Inner.Length];
    private readonly byte[] _tag = new byte[16];
    private readonly byte[] _output = new byte[32];
    private readonly byte[] _compact = new byte[64];
    private readonly byte[] _point = new byte[65];
    private readonly byte[] _scalar = Inputs.Filled(7, 32);
    private readonly byte[] _digest = PersonalMessage.Digest("floor").ToArray();
    private LibSecp256k1 _native = null!;
    private PipelineRig _rig = null!;
    private int _parity;

    /// <summary>Version of the proof.</summary>
    [Params(1, 2)]
    public int Version { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _native = LibSecp256k1.TryLoad() ?? throw new InvalidOperationException("install libsecp256k1 first: there is no floor without it");
        _parity = _native.Sign(_scalar, _digest, _compact);
        _rig = new PipelineRig();
    }

    [GlobalCleanup]
    public void Cleanup() => _rig.Dispose();

    [Benchmark(Baseline = true, Description = "floor: the primitives of one derive")]
    public int Floor()
    {
        _native.TryRecover(_digest, _compact, _parity, _point);
        using var aes = new AesGcm(_key, 16);
        aes.Encrypt(_nonce, _plaintext, _ciphertext, _tag);
        aes.Decrypt(_nonce, _ciphertext, _tag, _plaintext);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, _output, _nonce, _plaintext);
        for (int i = 0; i < Version; i++)
        {
            _native.Sign(_scalar, _digest, _compact);
        }

        return _parity;
    }

    /// <summary>Includes what the client does for it (one signature, one envelope): a proof serves once.</summary>
    [Benchmark(Description = "client's part alone: nonce, proof, envelope")]
    public KmsRequest Client() => _rig.Request(Inner, Version);

    [Benchmark(Description = "client's part and POST /kms/derive through the pipeline")]
    public KmsResponse Derive()
    {
        var response = _rig.Send(_rig.Request(Inner, Version));
        return response.Status == 200 ? response : throw new InvalidOperationException($"status {response.Status}");
    }
}
