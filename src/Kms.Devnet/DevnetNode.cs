using Kms.Core.Node;
using Kms.Core.Node.Serving;
using Kms.Devnet.Loopback;
using Kms.Devnet.Odyn;
using Kms.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kms.Devnet;

/// <summary>One node of a devnet: a Kestrel host of its own, over a simulated enclave of its own.</summary>
public sealed class DevnetNode : IAsyncDisposable
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(3);
    private readonly LoopbackPort _port;
    private OdynEmulator? _odyn;
    private WebApplication? _host;

    internal DevnetNode(int number, LoopbackPort port)
    {
        Number = number;
        _port = port;
    }

    /// <summary>1, 2, 3, …</summary>
    public int Number { get; }

    /// <summary>Stays the same over restarts.</summary>
    public Uri Url => new($"http://{_port.EndPoint}");

    public bool IsRunning => _host is not null;

    /// <summary>True while the node serves, all that its peers hold included.</summary>
    public bool IsReady => Running is { } node && Missing(node) is null;

    /// <summary>Why it does not serve: in words for the terminal.</summary>
    public string State => Running is not { } node ? "stopped" : Missing(node)?.Reason.ToString() ?? "ready";

    /// <summary>This boot's wallet.</summary>
    /// <exception cref="InvalidOperationException">It is not running.</exception>
    public WalletAddress Wallet => Odyn.Enclave.Wallet;

    public TeePublicKey TeePublicKey => Odyn.Enclave.TeePublicKey;

    public Uri OdynUrl => Odyn.Url;

    internal Uri AuxiliaryUrl => Odyn.AuxiliaryUrl;

    internal System.Net.IPEndPoint EndPoint => _port.EndPoint;

    internal InstanceId Instance { get; set; }

    private OdynEmulator Odyn => _odyn ?? throw new InvalidOperationException($"node {Number} is not running");

    internal KmsNode? Running => _host?.Services.GetRequiredService<KmsNode>();

    public async ValueTask DisposeAsync()
    {
        await StopAsync(graceful: true);
        _port.Dispose();
    }

    /// <summary>Boots the enclave: wallet and keys are known from now on, so that the instance can be registered.</summary>
    internal async Task BootAsync(EmulatedEnclave enclave, CancellationToken cancel) =>
        _odyn = await OdynEmulator.StartAsync(enclave, cancel);

    internal async Task StartAsync(Action<NovaKmsOptions> configure, Action<string>? onLog, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(_port.EndPoint));
        builder.Services.Configure<SocketTransportOptions>(options => options.CreateBoundListenSocket = _ => _port.Bind());
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Logging.ClearProviders();
        if (onLog is not null)
        {
            builder.Logging.AddProvider(new LineLoggerProvider(line => onLog($"node {Number}: {line}")));
        }

        builder.Services.AddNovaKms(configure);
        var host = builder.Build();
        host.UseRouting();
        host.MapNovaKms();
        await host.StartAsync(cancel);
        _host = host;
    }

    /// <param name="graceful">False: connections are cut, as when an enclave is terminated.</param>
    internal async Task StopAsync(bool graceful)
    {
        if (_host is { } host)
        {
            _host = null;
            await host.StopAsync(graceful ? CancellationToken.None : new CancellationToken(canceled: true));
            await host.DisposeAsync();
        }

        if (_odyn is { } odyn)
        {
            _odyn = null;
            await odyn.DisposeAsync();
        }
    }

    /// <summary>Why it does not serve everything yet that its peers hold; null when it does.</summary>
    private static Readiness.NotReady? Missing(KmsNode node) => node.Readiness.KeysRefused ?? node.Readiness.ReadsRefused;
}
