using BenchmarkDotNet.Attributes;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Benchmarks;

/// <summary>Recovering the signer of a v1 proof. Floor: the curve operation of libsecp256k1.</summary>
[BenchmarkCategory("signature")]
public class SignatureBenchmarks
{
    private const string Message = "NovaKMS:AppAuth:QnxzNXLmUTeK87+doFV3xQ==:0xdb84ebf32d3f9504b32903529c1026f29743b187:1760000000";

    private readonly NativeRecovery _floor = new();
    private readonly LibSecp256k1 _curve = new();
    private readonly byte[] _compact = new byte[64];
    private readonly byte[] _digestBytes = PersonalMessage.Digest(Message).ToArray();
    private readonly byte[] _point = new byte[ISecp256k1.PointBytes];
    private readonly byte[] _scalar = Inputs.Filled(7, 32);
    private readonly Bytes32 _digest = PersonalMessage.Digest(Message);
    private EthereumSignature _signature = null!;
    private string _text = "";
    private int _parity;

    [GlobalSetup]
    public void Setup()
    {
        _parity = _curve.Sign(_scalar, _digestBytes, _compact);
        _signature = EthereumSignature.FromParts(_compact, _parity);
        _text = _signature.ToString();
    }

    [Benchmark(Baseline = true, Description = "floor: recover, raw calls into libsecp256k1")]
    public bool Floor() => _floor.TryRecover(_digestBytes, _compact, _parity, _point);

    [Benchmark(Description = "recover")]
    public bool Recover() => _curve.TryRecover(_digestBytes, _compact, _parity, _point);

    [Benchmark(Description = "recover wallet")]
    public bool RecoverWallet() => _signature.TryRecoverDigest(_digest, _curve, out _);

    [Benchmark(Description = "whole proof: parse, EIP-191, recover wallet")]
    public bool Proof() => EthereumSignature.TryParse(_text, out var signature)
        && signature.TryRecoverDigest(PersonalMessage.Digest(Message), _curve, out _);

    [Benchmark(Description = "sign")]
    public int Sign() => _curve.Sign(_scalar, _digestBytes, _compact);
}
