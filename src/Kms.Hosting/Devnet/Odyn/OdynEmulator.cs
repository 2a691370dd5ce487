using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kms.Hosting.Devnet.Odyn;

/// <summary>
/// A simulated enclave supervisor: Odyn's whole internal API over HTTP on loopback, for one simulated enclave. It protects
/// nothing; its attestation documents chain to the devnet's own root, which no production node accepts.
/// </summary>
internal sealed class OdynEmulator : IAsyncDisposable
{
    private const long MaxBodyBytes = 16 * 1024 * 1024;
    private readonly WebApplication _server;

    private OdynEmulator(WebApplication server, EmulatedEnclave enclave, Uri url)
    {
        _server = server;
        Enclave = enclave;
        Url = url;
    }

    public EmulatedEnclave Enclave { get; }

    public Uri Url { get; }

    /// <param name="enclave">Owned from now on.</param>
    /// <param name="port">0 for a free one.</param>
    public static async Task<OdynEmulator> StartAsync(EmulatedEnclave enclave, int port, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Listen(System.Net.IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.UseRouting();
        OdynRoutes.Map(server, enclave, new EmulatedObjects());
        await server.StartAsync(cancel);
        return new OdynEmulator(server, enclave, new Uri(server.Urls.Single()));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
        Enclave.Dispose();
    }
}
