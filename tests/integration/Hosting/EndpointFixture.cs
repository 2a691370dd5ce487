using System.Net.Sockets;
using System.Text;
using Kms.Core;
using Kms.Core.Node;
using Kms.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Kms.Integration.Hosting;

/// <summary>Our Kestrel endpoint over a handler of the test, asked with bytes as they are.</summary>
internal sealed class EndpointFixture : IAsyncDisposable
{
    private readonly WebApplication _server;

    private EndpointFixture(WebApplication server) => _server = server;

    public static async Task<EndpointFixture> StartAsync(
        Func<KmsRequest, CancellationToken, Task<KmsResponse>> handle, string[]? origins = null, TimeSpan? timeout = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            NovaKmsServices.LimitKestrel(kestrel);
            kestrel.Listen(System.Net.IPAddress.Loopback, 0);
        });
        builder.Services.AddRoutingCore();
        var server = builder.Build();
        server.UseRouting();
        server.MapKms(handle, origins ?? [], timeout ?? TimeSpan.FromSeconds(30));
        await server.StartAsync();
        return new EndpointFixture(server);
    }

    /// <summary>Everything that comes back until the server closes or falls silent.</summary>
    public async Task<string> AskAsync(params IEnumerable<string> parts)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", new Uri(_server.Urls.Single()).Port);
        var stream = client.GetStream();
        try
        {
            foreach (string part in parts)
            {
                await stream.WriteAsync(Encoding.Latin1.GetBytes(part));
            }
        }
        catch (IOException)
        {
            // The server had enough and closed; its answer is what counts.
        }

        var answer = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        using var silence = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer, silence.Token)) > 0;)
            {
                answer.Write(buffer, 0, read);
            }
        }
        catch (IOException)
        {
            // Reset after the answer: there was unread input.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
    }
}
