using Kms.Devnet.Loopback;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Kms.Devnet.Rpc;

/// <summary>A <see cref="LightClient"/> over HTTP on loopback: what a devnet's nodes have for a chain RPC.</summary>
internal sealed class LightClientServer : IAsyncDisposable
{
    private readonly LoopbackServer _server;

    private LightClientServer(LoopbackServer server, LightClient client)
    {
        _server = server;
        Client = client;
    }

    public LightClient Client { get; }

    public Uri Url => _server.Url;

    /// <param name="chain">The RPC of a full node.</param>
    /// <param name="clock">What it holds the age of blocks against.</param>
    public static async Task<LightClientServer> StartAsync(Uri chain, TimeProvider clock, CancellationToken cancel)
    {
        var client = new LightClient(chain, clock);
        var server = await LoopbackServer.StartAsync(routes => routes.MapPost("/", context => AnswerAsync(context, client)), LightClient.MaxBodyBytes, cancel);
        return new LightClientServer(server, client);
    }

    public async ValueTask DisposeAsync()
    {
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
