using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Kms.Adapters.Transport;

/// <summary>Opens a tunnel through an HTTP proxy: CONNECT (RFC 9110 §9.3.6), to a host name.</summary>
internal static class ConnectTunnel
{
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
            var answer = await ReadAnswerAsync(socket, cancel);
            if (!answer.OpensTunnel)
            {
                throw new ProxyRefusedException($"the proxy refused {authority}: {answer.StatusLine}");
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

    private static async Task<ConnectAnswer> ReadAnswerAsync(Socket socket, CancellationToken cancel)
    {
        var answer = new ConnectAnswer();
        byte[] one = new byte[1];
        do
        {
            if (await socket.ReceiveAsync(one.AsMemory(), cancel) == 0)
            {
                throw new ProxyRefusedException("the proxy closed the connection");
            }
        }
        while (answer.Take(one[0]));

        return answer.IsTooLong ? throw new ProxyRefusedException("the proxy's answer is too long") : answer;
    }
}
