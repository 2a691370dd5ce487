using BenchmarkDotNet.Attributes;
using Kms.Core;
using Kms.Core.Node;

namespace Kms.Benchmarks;

/// <summary>
/// A whole <c>POST /kms/derive</c> through the request pipeline, without HTTP: nonce, proof, two views, envelope, derivation,
/// sealed and signed answer. Odyn runs in this process, so its work counts. Floor: the primitives that nobody can avoid, made
/// from the same inputs: one recovery, one AES-256-GCM open and seal, one HKDF, and the signatures of the answer (v1 one, v2 two).
/// </summary>
[BenchmarkCategory("derive through the pipeline")]
public class DerivePipelineBenchmarks
{
    public const string Inner = """{"path":"wallet/root","context":"","length":32}""";

    private readonly DeriveFloor _floor = new();
    private PipelineRig _rig = null!;

    /// <summary>Version of the proof.</summary>
    [Params(1, 2)]
    public int Version { get; set; }

    [GlobalSetup]
    public void Setup() => _rig = new PipelineRig();

    [GlobalCleanup]
    public void Cleanup() => _rig.Dispose();

    [Benchmark(Baseline = true, Description = "floor: the primitives of one derive")]
    public byte[] Floor() => _floor.Once(signatures: Version);

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
