using System.Net;
using System.Net.Sockets;

namespace Kms.Hosting.Devnet;

/// <summary>
/// A loopback port that stays ours while nobody listens on it: bound, so that no other program gets it, and refusing
/// connections, as a dead node's port does.
/// </summary>
internal sealed class LoopbackPort : IDisposable
{
    private Socket? _held;

    /// <param name="port">0 for a free one.</param>
    public LoopbackPort(int port)
    {
        _held = Bind(port);
        EndPoint = (IPEndPoint)_held.LocalEndPoint!;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Gives the bound socket to a server, which owns it from now on.</summary>
    public Socket Take()
    {
        var socket = _held ?? throw new InvalidOperationException("the port is in use");
        _held = null;
        return socket;
    }

    /// <summary>Binds again after the server closed its socket.</summary>
    public void Hold() => _held ??= Bind(EndPoint.Port);

    public void Dispose() => _held?.Dispose();

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
