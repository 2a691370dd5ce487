using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kms.Adapters.Http;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Adapters.Odyn;

/// <summary>HTTP to Odyn: a status to a failure, a body within limits, bodies that we own zeroed.</summary>
/// <remarks>The runtime's own socket buffers are beyond reach: what passes through them stays until they are reused.</remarks>
internal sealed class OdynClient : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    // Relaxed: plaintexts are mostly JSON, which the default encoder would blow up sixfold.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Uri _base;
    private readonly TimeSpan _timeout;
    private readonly HttpMessageInvoker _http;

    public OdynClient(OdynHttpOptions options)
    {
        _base = options.BaseUrl;
        _timeout = options.Timeout;
        _http = new HttpMessageInvoker(PlainHandler.Create(options.Timeout), disposeHandler: true);
    }

    public async Task<Result<byte[], OdynFailure>> GetAsync(string path, int maxBytes, CancellationToken cancel) =>
        Found(path, await SendAsync(HttpMethod.Get, path, null, maxBytes, cancel));

    /// <summary>Posts the JSON object that <paramref name="write"/> fills. The caller zeroes a secret answer.</summary>
    /// <param name="sizeHint">Expected length of the request body.</param>
    public async Task<Result<byte[], OdynFailure>> PostAsync(string path, Action<Utf8JsonWriter> write, int sizeHint, int maxBytes, CancellationToken cancel) =>
        Found(path, await PostOrNotFoundAsync(path, write, sizeHint, maxBytes, cancel));

    /// <summary>The same, with null for status 404.</summary>
    public async Task<Result<byte[]?, OdynFailure>> PostOrNotFoundAsync(
        string path,
        Action<Utf8JsonWriter> write,
        int sizeHint,
        int maxBytes,
        CancellationToken cancel)
    {
        using var buffer = new ZeroingBuffer(sizeHint);
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return await SendAsync(HttpMethod.Post, path, new ReadOnlyMemoryContent(buffer.Written), maxBytes, cancel);
    }

    public void Dispose() => _http.Dispose();

    private async Task<Result<byte[]?, OdynFailure>> SendAsync(HttpMethod method, string path, HttpContent? content, int maxBytes, CancellationToken cancel)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limited.CancelAfter(_timeout);
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(_base, path)) { Content = content, Version = HttpVersion.Version11 };
            if (content is not null)
            {
                content.Headers.ContentType = Json;
            }

            using var response = await _http.SendAsync(request, limited.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return Result<byte[]?, OdynFailure>.Ok(null);
            }

            if (response.StatusCode != HttpStatusCode.OK)
            {
                return Result<byte[]?, OdynFailure>.Fail(BlameOf(response.StatusCode), string.Create(CultureInfo.InvariantCulture, $"{path}: HTTP status {(int)response.StatusCode}"));
            }

            return await BoundedBody.ReadAsync(response.Content, maxBytes, limited.Token) is { } body
                ? Result<byte[]?, OdynFailure>.Ok(body)
                : Result<byte[]?, OdynFailure>.Fail(OdynFailure.Malformed, $"{path}: the answer is too large");
        }
        catch (HttpRequestException e)
        {
            return Result<byte[]?, OdynFailure>.Fail(OdynFailure.Unavailable, $"{path}: {e.HttpRequestError}");
        }
        catch (IOException)
        {
            return Result<byte[]?, OdynFailure>.Fail(OdynFailure.Unavailable, $"{path}: the connection was lost");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Result<byte[]?, OdynFailure>.Fail(OdynFailure.Unavailable, $"{path}: timed out");
        }
    }

    private static Result<byte[], OdynFailure> Found(string path, Result<byte[]?, OdynFailure> result)
    {
        if (!result.TryGet(out var body))
        {
            return result.As<byte[]>();
        }

        return body is null ? Result<byte[], OdynFailure>.Fail(OdynFailure.Unavailable, $"{path}: this Odyn does not have it") : Result<byte[], OdynFailure>.Ok(body);
    }

    // Odyn answers 400 to input that it cannot use, such as an envelope that does not open.
    private static OdynFailure BlameOf(HttpStatusCode status) =>
        status == HttpStatusCode.BadRequest ? OdynFailure.Refused : OdynFailure.Unavailable;
}
