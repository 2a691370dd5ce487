using System.Net;

namespace Kms.Core.Ports;

/// <summary>A peer address that <c>AddressPolicy</c> has checked: the only thing a transport dials.</summary>
public abstract class PinnedEndpoint
{
    private PinnedEndpoint(string scheme, string host, int port)
    {
        Scheme = scheme;
        Host = host;
        Port = port;
    }

    /// <summary><c>https</c>, or <c>http</c> for configured exceptions.</summary>
    public string Scheme { get; }

    /// <summary>For the Host header, SNI and the certificate check.</summary>
    public string Host { get; }

    public int Port { get; }

    /// <summary>Connect to this one address.</summary>
    public sealed class Direct : PinnedEndpoint
    {
        internal Direct(string scheme, string host, int port, IPAddress address)
            : base(scheme, host, port) => Address = address;

        /// <summary>The address that was checked; nothing resolves again.</summary>
        public IPAddress Address { get; }

        public override string ToString() => $"{Scheme}://{Host}:{Port} at {Address}";
    }

    /// <summary>CONNECT through the enclave's proxy to a validated DNS name.</summary>
    public sealed class Proxied : PinnedEndpoint
    {
        internal Proxied(string scheme, string host, int port)
            : base(scheme, host, port)
        {
        }

        public override string ToString() => $"{Scheme}://{Host}:{Port} through the proxy";
    }
}
