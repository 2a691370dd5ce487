using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Kms.Integration.Support;

/// <summary>A port that serves each connection on its own until it is disposed of; with a certificate, TLS ends here.</summary>
internal sealed class LoopbackListener : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Stream, CancellationToken, Task> _serve;
    private readonly X509Certificate2? _certificate;
    private readonly Task _loop;
    private int _connections;

    /// <param name="serve">Given each connection's stream. That the other end hangs up is no error.</param>
    public LoopbackListener(Func<Stream, CancellationToken, Task> serve, X509Certificate2? certificate, IPAddress address, int port)
    {
        _serve = serve;
        _certificate = certificate;
        _listener = new TcpListener(address, port);
        _listener.Start();
        _loop = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public int Connections => _connections;

    /// <summary>SNI of the last TLS client.</summary>
    public string? ServerName { get; private set; }

    public async ValueTask DisposeAsync()
    {
        // The loop first: a listener that is stopped between two accepts refuses the second with InvalidOperationException.
        await _stop.CancelAsync();
        await _loop;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                _ = ServeAsync(client);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await _serve(await OpenAsync(client.GetStream()), _stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or AuthenticationException or SocketException)
            {
                // The client hung up, as many tests want it to.
            }
        }
    }

    private async Task<Stream> OpenAsync(NetworkStream stream)
    {
        if (_certificate is null)
        {
            return stream;
        }

        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                // Offline: the server's own runtime would otherwise go and fetch the issuer.
                ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, null, offline: true),
            },
            _stop.Token);
        ServerName = tls.TargetHostName;
        return tls;
    }
}
