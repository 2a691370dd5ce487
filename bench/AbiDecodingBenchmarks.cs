using BenchmarkDotNet.Attributes;
using Kms.Adapters.Ethereum;
using Kms.Core;
using Kms.Properties.Adapters;
using Nethereum.ABI.FunctionEncoding;

namespace Kms.Benchmarks;

/// <summary>
/// What a refresh has by the hundred, decoded by our reader and by Nethereum.ABI, which needs an encoding on top of it to tell whether the
/// bytes were canonical. Floor: our reader, of one instance.
/// </summary>
[BenchmarkCategory("ABI")]
public class AbiDecodingBenchmarks
{
    private readonly ParametersEncoder _encoder = new();
    private readonly ParameterDecoder _decoder = new();
    private byte[] _instance = [];
    private byte[] _wallets = [];
    private byte[] _epochs = [];

    [GlobalSetup]
    public void Setup()
    {
        string wallet = StubRpc.Wallet(1).ToString();
        _instance = Encode(new InstanceAnswer
        {
            Value = new InstanceTuple
            {
                InstanceId = 1,
                AppId = 7,
                VersionId = 3,
                Operator = wallet,
                InstanceUrl = "https://node-1.kms.example.org:8443",
                TeePubkey = new byte[97],
                TeeWalletAddress = wallet,
                ZkVerified = true,
                RegisteredAt = 1_760_000_000,
            },
        });
        _wallets = Encode(new WalletsAnswer { Value = [.. Enumerable.Range(1, Limits.MaxOperators).Select(static i => StubRpc.Wallet(i).ToString())] });
        _epochs = Encode(new EpochsAnswer
        {
            Page = [.. Enumerable.Range(1, Limits.MaxEpochs).Select(i => new EpochTuple { Hash = Inputs.Filled((byte)(i | 1), 32), Proposer = wallet, Confirmations = 3 })],
        });
    }

    [Benchmark(Baseline = true, Description = "instance, our reader")]
    public bool Instance() => AbiAnswers.TryInstance(_instance, StubRpc.Wallet(1), out _);

    [Benchmark(Description = "instance, Nethereum, attributes read once")]
    public bool InstanceByMessage() => AbiMessage.TryDecode<InstanceAnswer>(_instance, out _);

    [Benchmark(Description = "instance, Nethereum as it comes")]
    public bool InstanceByLibrary() => IsCanonical<InstanceAnswer>(_instance);

    [Benchmark(Description = "500 wallets, our reader")]
    public bool Wallets() => AbiAnswers.TryWallets(_wallets, Limits.MaxOperators, out _);

    [Benchmark(Description = "500 wallets, Nethereum, attributes read once")]
    public bool WalletsByMessage() => AbiMessage.TryDecode<WalletsAnswer>(_wallets, out _);

    [Benchmark(Description = "256 epochs, our reader")]
    public bool Epochs() => AbiAnswers.TryEpochs(_epochs, Limits.MaxEpochs, out _);

    [Benchmark(Description = "256 epochs, Nethereum as it comes")]
    public bool EpochsByLibrary() => IsCanonical<EpochsAnswer>(_epochs);

    private byte[] Encode(object message) => _encoder.EncodeParametersFromTypeAttributes(message.GetType(), message);

    private bool IsCanonical<T>(byte[] data) => Encode(_decoder.DecodeAttributes(data, typeof(T))).AsSpan().SequenceEqual(data);
}
