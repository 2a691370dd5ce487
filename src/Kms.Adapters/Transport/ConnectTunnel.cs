using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Kms.Adapters.Transport;

/// <summary>Opens a tunnel through an HTTP proxy: CONNECT (RFC 9110 §9.3.6), to a host name.</summary>
internal static class ConnectTunnel
{
    private const int MaxAnswerBytes = 8 * 1024;
    private const int MaxReasonChars = 64;

    /// <param name="host">A DNS name: the proxy resolves it by its own policy.</param>
    /// <exception cref="ProxyRefusedException">Any answer but 2xx.</exception>
    public static async Task<Stream> OpenAsync(Uri proxy, string host, int port, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(proxy.Host, proxy.Port, cancel);
            string authority = string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
            await SendAllAsync(socket, Encoding.ASCII.GetBytes($"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n"), cancel);
            string statusLine = await ReadAnswerAsync(socket, cancel);
            if (!IsSuccess(statusLine))
            {
                throw new ProxyRefusedException($"the proxy refused {authority}: {statusLine}");
            }

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, cancel)..];
        }
    }

    /// <summary>The status line. Reads byte by byte up to the empty line: what follows belongs to the tunnel.</summary>
    private static async Task<string> ReadAnswerAsync(Socket socket, CancellationToken cancel)
    {
        var answer = new byte[MaxAnswerBytes];
        for (int length = 0; length < answer.Length;)
        {
            int read = await socket.ReceiveAsync(answer.AsMemory(length, 1), cancel);
            if (read == 0)
            {
                throw new ProxyRefusedException("the proxy closed the connection");
            }

            length += read;
            if (answer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
            {
                string line = Encoding.Latin1.GetString(answer, 0, answer.AsSpan().IndexOf("\r\n"u8));
                return string.Concat((line.Length <= MaxReasonChars ? line : line[..MaxReasonChars]).Select(static c => char.IsControl(c) ? ' ' : c));
            }
        }

        throw new ProxyRefusedException("the proxy's answer is too long");
    }

    private static bool IsSuccess(string statusLine) =>
        statusLine.Length >= 12 && statusLine.StartsWith("HTTP/1.", StringComparison.Ordinal)
        && statusLine[8] == ' ' && statusLine[9] == '2' && char.IsAsciiDigit(statusLine[10]) && char.IsAsciiDigit(statusLine[11]);
}
