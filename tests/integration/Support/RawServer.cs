using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Kms.Integration.Support;

/// <summary>A loopback TCP server that sees each request's bytes as sent and answers with any bytes at all.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly Func<RawRequest, Stream, Task> _answer;

    public RawServer(Func<RawRequest, Stream, Task> answer, X509Certificate2? certificate = null, IPAddress? address = null, int port = 0)
    {
        _answer = answer;
        _listener = new LoopbackListener(ServeAsync, certificate, address ?? IPAddress.Loopback, port);
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

    public int Port => _listener.EndPoint.Port;

    public Uri Url => new($"http://127.0.0.1:{Port}");

    public int Connections => _listener.Connections;

    /// <summary>SNI of the last TLS client.</summary>
    public string? ServerName => _listener.ServerName;

    public List<RawRequest> Requests { get; } = [];

    public static async Task RespondAsync(Stream stream, int status, string body, string headers = "")
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\n{headers}Content-Length: {bytes.Length}\r\n\r\n")));
        await stream.WriteAsync(bytes);
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(Stream stream, CancellationToken stop)
    {
        while (await RawRequest.ReadAsync(stream, stop) is { } request)
        {
            lock (Requests)
            {
                Requests.Add(request);
            }

            await _answer(request, stream);
        }
    }
}
