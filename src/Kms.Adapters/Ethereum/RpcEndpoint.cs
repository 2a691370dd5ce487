using System.Globalization;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Adapters.Ethereum;

/// <summary>One RPC URL, the check that it serves our chain, and what is known of its abilities.</summary>
internal sealed class RpcEndpoint : IDisposable
{
    private readonly JsonRpcClient _client;
    private readonly ulong _chainId;
    private volatile bool _chainChecked;
    private volatile PinMode _pins;
    private volatile bool _servesFeeHistory = true;

    public RpcEndpoint(JsonRpcClient client, ulong chainId)
    {
        _client = client;
        _chainId = chainId;
    }

    public PinMode Pins
    {
        get => _pins;
        set => _pins = value;
    }

    /// <summary>True until it said that it knows no <c>eth_feeHistory</c>.</summary>
    public bool ServesFeeHistory
    {
        get => _servesFeeHistory;
        set => _servesFeeHistory = value;
    }

    public long Requests => _client.Requests;

    /// <summary>Sends a batch; the first one also asks for the chain id, so the check costs no request of its own.</summary>
    public async Task<Result<RpcAnswer[], ChainFailure>> SendAsync(IReadOnlyList<RpcCall> calls, CancellationToken cancel)
    {
        if (_chainChecked)
        {
            return await _client.SendAsync(calls, cancel);
        }

        var result = await _client.SendAsync([new RpcCall("eth_chainId"), .. calls], cancel);
        if (!result.TryGet(out var answers))
        {
            return result;
        }

        if (answers[0].Error is not null || !RpcJson.TryUInt64(answers[0].Result, out ulong served))
        {
            return Unavailable("the RPC does not tell its chain id");
        }

        if (served != _chainId)
        {
            return Unavailable(string.Create(CultureInfo.InvariantCulture, $"the RPC serves chain {served}, not {_chainId}"));
        }

        _chainChecked = true;
        return Result<RpcAnswer[], ChainFailure>.Ok(answers[1..]);
    }

    public void Dispose() => _client.Dispose();

    private static Result<RpcAnswer[], ChainFailure> Unavailable(string detail) => Result<RpcAnswer[], ChainFailure>.Fail(ChainFailure.Unavailable, detail);
}
