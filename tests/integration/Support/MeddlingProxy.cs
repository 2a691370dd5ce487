using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Kms.Integration.Support;

/// <summary>The host between client and node, as the threat model has it: it sees every request and may change every answer.</summary>
internal sealed class MeddlingProxy : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly ConcurrentQueue<string> _seen = new();
    private readonly WebApplication _server;
    private readonly string _node;
    private readonly Func<HttpContext, HttpResponseMessage, Task<bool>> _meddle;

    private MeddlingProxy(string node, Func<HttpContext, HttpResponseMessage, Task<bool>> meddle)
    {
        _node = node;
        _meddle = meddle;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        _server = builder.Build();
        _server.Run(ForwardAsync);
    }

    public string Url => _server.Urls.Single();

    /// <summary><c>METHOD target</c> of each request that was forwarded.</summary>
    public IReadOnlyCollection<string> Seen => _seen;

    /// <param name="meddle">Called with the node's answer; true when it dealt with the client itself.</param>
    public static async Task<MeddlingProxy> StartAsync(string node, Func<HttpContext, HttpResponseMessage, Task<bool>> meddle)
    {
        var proxy = new MeddlingProxy(node, meddle);
        await proxy._server.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        _seen.Enqueue($"{context.Request.Method} {target}");
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), _node + target);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body.ToArray());
        }

        foreach (var (name, values) in context.Request.Headers.Where(header => header.Key.StartsWith("x-", StringComparison.OrdinalIgnoreCase)))
        {
            request.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        using var answer = await _http.SendAsync(request);
        if (await _meddle(context, answer))
        {
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.NonValidated.Where(header => header.Key.StartsWith("x-", StringComparison.OrdinalIgnoreCase)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        await context.Response.Body.WriteAsync(await answer.Content.ReadAsByteArrayAsync());
    }
}
