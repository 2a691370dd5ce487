using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kms.Hosting.Devnet.Rpc;

/// <summary>A <see cref="LightClient"/> over HTTP on loopback: what a devnet's nodes have for a chain RPC.</summary>
internal sealed class LightClientServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private LightClientServer(WebApplication server, LightClient client)
    {
        _server = server;
        Client = client;
        Url = new Uri(server.Urls.Single());
    }

    public LightClient Client { get; }

    public Uri Url { get; }

    /// <param name="chain">The RPC of a full node.</param>
    /// <param name="clock">What it holds the age of blocks against.</param>
    public static async Task<LightClientServer> StartAsync(Uri chain, TimeProvider clock, CancellationToken cancel)
    {
        var client = new LightClient(chain, clock);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LightClient.MaxBodyBytes;
            kestrel.Listen(System.Net.IPAddress.Loopback, port: 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.UseRouting();
        server.MapPost("/", context => AnswerAsync(context, client));
        await server.StartAsync(cancel);
        return new LightClientServer(server, client);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
        Client.Dispose();
    }

    private static async Task AnswerAsync(HttpContext context, LightClient client)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        byte[] answer = await client.AnswerAsync(body.ToArray(), context.RequestAborted);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }
}
