using System.Net.Sockets;
using System.Runtime.InteropServices;
using Kms.Devnet;
using Kms.Devnet.Loopback;

namespace Kms.Integration.Devnet;

public sealed class LoopbackPortTests
{
    private const int AddressInUse = 98; // EADDRINUSE of Linux

    [Fact]
    public void Nobody_else_gets_the_port_after_its_server_closed()
    {
        using var port = new LoopbackPort(0);
        var server = port.Bind();
        server.Listen();
        server.Dispose();

        // Straight to the system: .NET's own Bind asks for SO_REUSEADDR, which an outgoing connection does not have.
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var address = port.EndPoint.Serialize();
        var result = bind(other.SafeHandle, address.Buffer.Span[..address.Size].ToArray(), address.Size);

        Assert.Equal((-1, AddressInUse), (result, Marshal.GetLastPInvokeError()));
    }

    [Fact]
    public async Task Connections_are_accepted_while_a_server_listens_and_refused_before_between_and_after()
    {
        using var port = new LoopbackPort(0);
        await AssertRefusedAsync(port);
        for (var life = 0; life < 3; life++)
        {
            using (var server = port.Bind())
            {
                server.Listen();
                using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await client.ConnectAsync(port.EndPoint);
                using var accepted = await server.AcceptAsync();
                Assert.Equal(client.LocalEndPoint, accepted.RemoteEndPoint);
            }

            await AssertRefusedAsync(port);
        }
    }

    [Fact]
    public void A_port_with_a_server_has_no_second_one()
    {
        using var port = new LoopbackPort(0);
        using var server = port.Bind();
        server.Listen();

        var error = Assert.Throws<DevnetException>(() => port.Bind());

        Assert.Contains($"port {port.EndPoint.Port} cannot be used", error.Message, StringComparison.Ordinal);
    }

    private static async Task AssertRefusedAsync(LoopbackPort port)
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var refused = await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(port.EndPoint));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int bind(SafeSocketHandle socket, byte[] address, int length);
}
