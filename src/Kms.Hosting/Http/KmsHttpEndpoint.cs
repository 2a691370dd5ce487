using Kms.Core.Node.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kms.Hosting.Http;

/// <summary>Turns HTTP into <see cref="KmsRequest"/> and <see cref="KmsResponse"/> back. It decides nothing but when to stop reading.</summary>
/// <param name="handle">The node.</param>
/// <param name="requestTimeout">Counted from the first header, reading the body included.</param>
internal sealed class KmsHttpEndpoint(
    Func<KmsRequest, CancellationToken, Task<KmsResponse>> handle, CorsRules cors, BodyBudget budget, TimeSpan requestTimeout)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (cors.Apply(context))
        {
            return;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        timeout.CancelAfter(requestTimeout);
        try
        {
            await AnswerAsync(context, timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            // Too slow, or gone: either way nothing more can be promised on this connection.
            if (context.RequestAborted.IsCancellationRequested || context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            await RefuseBusyAsync(context);
        }
    }

    private async Task AnswerAsync(HttpContext context, CancellationToken cancel)
    {
        // As sent, before any decoding or normalisation: it is what v2 proofs sign.
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        int limit = Route.MaxBodyBytes(target);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } kestrelLimit)
        {
            // We count the bytes ourselves, so that the answer is the API's own 413.
            kestrelLimit.MaxRequestBodySize = null;
        }

        using var room = budget.TryEnter(context.Request.ContentLength, limit);
        if (room is null)
        {
            await RefuseBusyAsync(context);
            return;
        }

        var body = await CountedBody.ReadAsync(context.Request, limit, cancel);
        if (body.Length > limit)
        {
            // What is left unread is not worth reading.
            context.Response.Headers.Connection = "close";
        }

        var request = new KmsRequest(context.Request.Method, target, HeadersOf(context.Request), body);
        var response = await handle(request, cancel);
        await WriteAsync(context.Response, response, cancel);
    }

    private static List<KeyValuePair<string, string>> HeadersOf(HttpRequest request)
    {
        var headers = new List<KeyValuePair<string, string>>(request.Headers.Count);
        foreach (var (name, values) in request.Headers)
        {
            foreach (string? value in values)
            {
                headers.Add(new KeyValuePair<string, string>(name, value ?? string.Empty));
            }
        }

        return headers;
    }

    private static async Task WriteAsync(HttpResponse response, KmsResponse answer, CancellationToken cancel)
    {
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers.Append(name, value);
        }

        response.ContentLength = answer.Body.Length;
        await response.Body.WriteAsync(answer.Body, cancel);
    }

    // The one answer that the host gives by itself: there was no room for the body, and the node never saw the request; or its
    // answer did not come in time, and a write may have been carried out (docs/spec/errors.md).
    private static Task RefuseBusyAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = "1";
        context.Response.Headers.Connection = "close";
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync("""{"error":{"code":"overloaded","message":"the node is busy: try again, or another node"}}""");
    }
}
