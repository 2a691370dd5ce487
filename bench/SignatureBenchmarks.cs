using BenchmarkDotNet.Attributes;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Benchmarks;

/// <summary>Recovering the signer of a v1 proof. Floor: the curve operation of libsecp256k1.</summary>
[BenchmarkCategory("signature")]
public class SignatureBenchmarks
{
    private const string Message = "NovaKMS:AppAuth:QnxzNXLmUTeK87+doFV3xQ==:0xdb84ebf32d3f9504b32903529c1026f29743b187:1760000000";

    private readonly BouncyCastleSecp256k1 _managed = new();
    private readonly byte[] _compact = new byte[64];
    private readonly byte[] _digestBytes = PersonalMessage.Digest(Message).ToArray();
    private readonly byte[] _point = new byte[65];
    private readonly byte[] _scalar = Inputs.Filled(7, 32);
    private readonly Bytes32 _digest = PersonalMessage.Digest(Message);
    private LibSecp256k1 _native = null!;
    private EthereumSignature _signature = null!;
    private string _text = "";
    private int _parity;

    [GlobalSetup]
    public void Setup()
    {
        _native = LibSecp256k1.TryLoad() ?? throw new InvalidOperationException("install libsecp256k1 first: there is no floor without it");
        _parity = _native.Sign(_scalar, _digestBytes, _compact);
        _signature = EthereumSignature.FromParts(_compact, _parity);
        _text = _signature.ToString();
    }

    [Benchmark(Baseline = true, Description = "floor: libsecp256k1 recover")]
    public bool Floor() => _native.TryRecover(_digestBytes, _compact, _parity, _point);

    [Benchmark(Description = "recover wallet, libsecp256k1")]
    public bool Native() => _signature.TryRecoverDigest(_digest, _native, out _);

    [Benchmark(Description = "recover wallet, BouncyCastle")]
    public bool Managed() => _signature.TryRecoverDigest(_digest, _managed, out _);

    [Benchmark(Description = "whole proof: parse, EIP-191, recover, libsecp256k1")]
    public bool Proof() => EthereumSignature.TryParse(_text, out var signature)
        && signature.TryRecoverDigest(PersonalMessage.Digest(Message), _native, out _);

    [Benchmark(Description = "sign, libsecp256k1")]
    public int SignNative() => _native.Sign(_scalar, _digestBytes, _compact);

    [Benchmark(Description = "sign, BouncyCastle")]
    public int SignManaged() => _managed.Sign(_scalar, _digestBytes, _compact);
}
