using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Kms.Integration.Support;

/// <summary>A loopback TCP server that sees each request's bytes as sent and answers with any bytes at all.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<RawRequest, Stream, Task> _answer;
    private readonly X509Certificate2? _certificate;
    private readonly Task _loop;
    private int _connections;

    public RawServer(Func<RawRequest, Stream, Task> answer, X509Certificate2? certificate = null, IPAddress? address = null, int port = 0)
    {
        _answer = answer;
        _certificate = certificate;
        _listener = new TcpListener(address ?? IPAddress.Loopback, port);
        _listener.Start();
        _loop = AcceptAsync();
    }

    /// <summary>Answers each request with status 200 and what the function makes of it.</summary>
    public static RawServer Json(Func<RawRequest, string> answer) => new((request, stream) => RespondAsync(stream, 200, answer(request)));

    /// <summary>The same with a body of so many bytes, spaces after the answer; its length is not declared.</summary>
    public static RawServer Padded(Func<RawRequest, string> answer, int bytes) => new(async (request, stream) =>
    {
        byte[] start = Encoding.UTF8.GetBytes(answer(request));
        byte[] spaces = new byte[64 * 1024];
        spaces.AsSpan().Fill((byte)' ');
        await stream.WriteAsync("HTTP/1.1 200 X\r\nConnection: close\r\n\r\n"u8.ToArray());
        await stream.WriteAsync(start);
        for (int left = bytes - start.Length; left > 0; left -= spaces.Length)
        {
            await stream.WriteAsync(spaces.AsMemory(0, Math.Min(left, spaces.Length)));
        }

        throw new IOException("closed");
    });

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Url => new($"http://127.0.0.1:{Port}");

    public int Connections => _connections;

    /// <summary>SNI of the last TLS client.</summary>
    public string? ServerName { get; private set; }

    public List<RawRequest> Requests { get; } = [];

    public static async Task RespondAsync(Stream stream, int status, string body, string headers = "")
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\n{headers}Content-Length: {bytes.Length}\r\n\r\n")));
        await stream.WriteAsync(bytes);
    }

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
                Stream stream = client.GetStream();
                if (_certificate is not null)
                {
                    var tls = new SslStream(stream);
                    await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
                    {
                        // Offline: the server's own runtime would otherwise go and fetch the issuer.
                        ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, null, offline: true),
                    });
                    ServerName = tls.TargetHostName;
                    stream = tls;
                }

                while (await RawRequest.ReadAsync(stream, _stop.Token) is { } request)
                {
                    lock (Requests)
                    {
                        Requests.Add(request);
                    }

                    await _answer(request, stream);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException or SocketException)
            {
                // The client hung up, as many tests want it to.
            }
        }
    }
}
