using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Kms.Adapters.Http;
using Kms.Core;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Adapters.Ethereum;

/// <summary>JSON-RPC 2.0 over HTTP to one endpoint; every request is a batch. Whatever goes wrong is Unavailable.</summary>
internal sealed class JsonRpcClient : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly Uri _url;
    private readonly TimeSpan _timeout;
    private readonly HttpMessageInvoker _http;
    private long _nextId;
    private long _requests;

    /// <param name="proxy">An HTTP proxy for this endpoint (an RPC outside the enclave), or null.</param>
    public JsonRpcClient(Uri url, Uri? proxy, TimeSpan timeout)
    {
        _url = url;
        _timeout = timeout;
        var handler = PlainHandler.Create(timeout);
        if (proxy is not null)
        {
            handler.Proxy = new WebProxy(proxy);
            handler.UseProxy = true;
        }

        _http = new HttpMessageInvoker(handler, disposeHandler: true);
    }

    /// <summary>HTTP requests sent so far.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Answers in the order of the calls. Fails as a whole, with Unavailable, when the batch got none.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled; a timeout is a result.</exception>
    public async Task<Result<RpcAnswer[], ChainFailure>> SendAsync(IReadOnlyList<RpcCall> calls, CancellationToken cancel)
    {
        Invariant.Require(calls.Count > 0);
        long firstId = Interlocked.Add(ref _nextId, calls.Count) - calls.Count + 1;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limited.CancelAfter(_timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _url)
            {
                Content = new ByteArrayContent(RpcJson.WriteBatch(calls, firstId)),
                Version = HttpVersion.Version11,
            };
            request.Content.Headers.ContentType = Json;
            Interlocked.Increment(ref _requests);
            using var response = await _http.SendAsync(request, limited.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return Unavailable(string.Create(CultureInfo.InvariantCulture, $"HTTP status {(int)response.StatusCode}"));
            }

            if (await BoundedBody.ReadAsync(response.Content, Limits.MaxRpcResponseBytes, limited.Token) is not { } body)
            {
                return Unavailable("the answer is too large");
            }

            return RpcJson.ReadBatch(body, firstId, calls.Count, out string refusal) is { } answers
                ? Result<RpcAnswer[], ChainFailure>.Ok(answers)
                : Unavailable(refusal);
        }
        catch (HttpRequestException e)
        {
            return Unavailable(e.HttpRequestError.ToString());
        }
        catch (IOException)
        {
            return Unavailable("the connection was lost");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Unavailable("timed out");
        }
    }

    public void Dispose() => _http.Dispose();

    // The host alone: paths of RPC providers hold API keys.
    private Result<RpcAnswer[], ChainFailure> Unavailable(string why) =>
        Result<RpcAnswer[], ChainFailure>.Fail(ChainFailure.Unavailable, $"RPC {_url.Host}:{_url.Port}: {why}");
}
