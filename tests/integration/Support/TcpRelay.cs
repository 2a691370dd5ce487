using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Kms.Integration.Support;

/// <summary>A port of loopback that leads to another: a service that comes up late, or an ingress that ends TLS.</summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly LoopbackListener _listener;

    /// <param name="certificate">With one, TLS ends here.</param>
    public TcpRelay(IPEndPoint target, int port = 0, X509Certificate2? certificate = null) =>
        _listener = new LoopbackListener((stream, stop) => RelayAsync(stream, target, stop), certificate, IPAddress.Loopback, port);

    public IPEndPoint EndPoint => _listener.EndPoint;

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private static async Task RelayAsync(Stream stream, IPEndPoint target, CancellationToken stop)
    {
        using var upstream = new TcpClient();
        await upstream.ConnectAsync(target, stop);
        await Task.WhenAny(stream.CopyToAsync(upstream.GetStream(), stop), upstream.GetStream().CopyToAsync(stream, stop));
    }
}
