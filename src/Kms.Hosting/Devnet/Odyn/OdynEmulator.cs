using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kms.Hosting.Devnet.Odyn;

/// <summary>
/// A simulated enclave supervisor: its whole internal API over HTTP on loopback, for one simulated enclave, and its auxiliary port,
/// both as the real ones behave (<see cref="SupervisorBuild"/>). It protects nothing; its attestation documents chain to the
/// devnet's own root, which no production node accepts.
/// </summary>
internal sealed class OdynEmulator : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly WebApplication _auxiliary;

    private OdynEmulator(EmulatedEnclave enclave, WebApplication server, WebApplication auxiliary)
    {
        Enclave = enclave;
        _server = server;
        _auxiliary = auxiliary;
    }

    public EmulatedEnclave Enclave { get; }

    public Uri Url => new(_server.Urls.Single());

    /// <summary>What the host forwards to anybody.</summary>
    public Uri AuxiliaryUrl => new(_auxiliary.Urls.Single());

    /// <param name="enclave">Owned from now on.</param>
    public static async Task<OdynEmulator> StartAsync(EmulatedEnclave enclave, CancellationToken cancel)
    {
        var objects = new EmulatedObjects();
        var server = await ServeAsync(routes => OdynRoutes.Map(routes, enclave, objects), cancel);
        var auxiliary = await ServeAsync(routes => OdynRoutes.MapAuxiliary(routes, enclave), cancel);
        return new OdynEmulator(enclave, server, auxiliary);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in (WebApplication[])[_auxiliary, _server])
        {
            await server.StopAsync();
            await server.DisposeAsync();
        }

        Enclave.Dispose();
    }

    private static async Task<WebApplication> ServeAsync(Action<IEndpointRouteBuilder> map, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = OdynRoutes.MaxBodyBytes;
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.UseRouting();
        map(server);
        await server.StartAsync(cancel);
        return server;
    }
}
