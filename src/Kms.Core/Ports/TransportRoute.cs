namespace Kms.Core.Ports;

/// <summary>How a transport reaches peers: its own sockets, or the enclave's CONNECT proxy.</summary>
public enum TransportRoute
{
    Direct,
    Proxied,
}
