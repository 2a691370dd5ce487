using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Adapters.Ethereum;

/// <summary>The configured RPCs, one in use. After a failed batch the next one is used; nothing is retried here.</summary>
internal sealed class RpcPool : IDisposable
{
    private readonly RpcEndpoint[] _endpoints;
    private volatile int _current;

    public RpcPool(EthereumChainOptions options)
    {
        _endpoints = [.. options.RpcUrls.Select(url =>
            new RpcEndpoint(new JsonRpcClient(url, options.Proxy, options.Timeout), options.Identity.ChainId))];
    }

    public RpcEndpoint Current => _endpoints[_current];

    public long Requests => _endpoints.Sum(static endpoint => endpoint.Requests);

    public Task<Result<RpcAnswer[], ChainFailure>> SendAsync(IReadOnlyList<RpcCall> calls, CancellationToken cancel) =>
        SendAsync(Current, calls, cancel);

    public async Task<Result<RpcAnswer[], ChainFailure>> SendAsync(RpcEndpoint endpoint, IReadOnlyList<RpcCall> calls, CancellationToken cancel)
    {
        var result = await endpoint.SendAsync(calls, cancel);
        if (result.Failure is not null && ReferenceEquals(endpoint, Current))
        {
            _current = (_current + 1) % _endpoints.Length;
        }

        return result;
    }

    public void Dispose()
    {
        foreach (var endpoint in _endpoints)
        {
            endpoint.Dispose();
        }
    }
}
