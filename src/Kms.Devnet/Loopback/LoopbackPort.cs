using System.Net;
using System.Net.Sockets;

namespace Kms.Devnet.Loopback;

/// <summary>
/// A loopback port that stays ours whoever listens on it, or nobody does: always bound, so that no other program and no outgoing
/// connection gets it, and refusing connections while no server has a socket, as a dead node's port does.
/// </summary>
internal sealed class LoopbackPort : IDisposable
{
    // Never listens. Linux lets a second socket of ours bind beside it (both have SO_REUSEADDR, which .NET sets), and gives the port
    // to nobody who asks for a free one: a port that was let go and bound again could be lost to any outgoing connection in between.
    private readonly Socket _held;

    /// <param name="port">0 for a free one.</param>
    /// <exception cref="DevnetException">Another program has it.</exception>
    public LoopbackPort(int port)
    {
        _held = Bind(port);
        EndPoint = (IPEndPoint)_held.LocalEndPoint!;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>A socket bound to the port, for a server that owns it from now on; one server at a time.</summary>
    /// <exception cref="DevnetException">A server listens.</exception>
    public Socket Bind() => Bind(EndPoint.Port);

    public void Dispose() => _held.Dispose();

    private static Socket Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new DevnetException($"port {port} cannot be used: {error.Message}", error);
        }
    }
}
