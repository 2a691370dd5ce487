using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kms.Integration.Support;

/// <summary>A real CONNECT proxy on loopback, like the enclave's: its own name resolution, and no IP literals.</summary>
internal sealed class ConnectProxy : IAsyncDisposable
{
    private readonly RawServer _server;

    /// <param name="names">What the proxy resolves and allows.</param>
    public ConnectProxy(IReadOnlyDictionary<string, IPEndPoint> names)
    {
        _server = new RawServer(async (request, stream) =>
        {
            Authorities.Add(request.Path);
            string host = request.Path[..request.Path.LastIndexOf(':')];
            if (!request.Line.StartsWith("CONNECT ", StringComparison.Ordinal) || IPAddress.TryParse(host.Trim('[', ']'), out _)
                || !names.TryGetValue(host, out var target))
            {
                await RawServer.RespondAsync(stream, 403, "no");
                return;
            }

            using var upstream = new TcpClient();
            await upstream.ConnectAsync(target);
            await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n"));
            var up = stream.CopyToAsync(upstream.GetStream());
            var down = upstream.GetStream().CopyToAsync(stream);
            await Task.WhenAny(up, down);
            throw new IOException("the tunnel ended");
        });
    }

    public Uri Url => _server.Url;

    public List<string> Authorities { get; } = [];

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
