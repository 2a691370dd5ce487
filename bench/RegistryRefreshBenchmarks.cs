using BenchmarkDotNet.Attributes;
using Kms.Adapters.Ethereum;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Registry;

namespace Kms.Benchmarks;

/// <summary>
/// A membership refresh of 500 operators: three batches to an RPC on loopback. Floor: the same bytes over the same connection, not
/// looked at.
/// </summary>
[BenchmarkCategory("membership refresh")]
public class RegistryRefreshBenchmarks
{
    private const int Operators = 500;

    private readonly List<byte[]> _requests = [];
    private readonly byte[] _buffer = new byte[64 * 1024];
    private StubRpc _rpc = null!;
    private StubRpc _floorRpc = null!;
    private EthereumChain _chain = null!;
    private HttpClient _http = null!;

    [GlobalSetup]
    public void Setup()
    {
        _rpc = new StubRpc(Operators);
        _chain = new EthereumChain(new EthereumChainOptions([_rpc.Url], new ChainIdentity(StubRpc.ChainId, StubRpc.KmsRegistry), new FinalityRule.Depth(0)));
        Refresh();
        _rpc.Recorder = _requests.Add;
        Refresh();
        _rpc.Recorder = null;
        _floorRpc = new StubRpc(Operators);
        _http = new HttpClient();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _http.Dispose();
        _chain.Dispose();
        _floorRpc.Dispose();
        _rpc.Dispose();
    }

    [Benchmark(Baseline = true, Description = "floor: the bytes of its three round trips")]
    public int Floor()
    {
        int length = 0;
        foreach (byte[] body in _requests)
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, _floorRpc.Url) { Content = new ByteArrayContent(body) };
            using var response = _http.Send(message, HttpCompletionOption.ResponseHeadersRead);
            using var stream = response.Content.ReadAsStream();
            for (int read; (read = stream.Read(_buffer)) > 0;)
            {
                length += read;
            }
        }

        return length;
    }

    [Benchmark(Description = "refresh of 500 operators")]
    public RegistrySnapshot Refresh()
    {
        var result = _chain.ReadRegistryAsync(StubRpc.At, StubRpc.Wallet(1), default).GetAwaiter().GetResult();
        return result.TryGet(out var snapshot) && snapshot.Operators.Count == Operators && snapshot.Operators[^1].Version is not null
            ? snapshot
            : throw new InvalidOperationException($"{result.Failure}: {result.Detail}");
    }
}
