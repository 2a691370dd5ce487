using System.Security.Cryptography.X509Certificates;

namespace Kms.Adapters.Transport;

/// <summary>How peers are reached.</summary>
public sealed record PinnedHttpTransportOptions
{
    /// <summary>The enclave's CONNECT proxy (http); null dials the pinned addresses directly, as loopback always is.</summary>
    public Uri? ConnectProxy { get; init; }

    /// <summary>Hosts that are dialled directly although there is a proxy.</summary>
    public NoProxyList NoProxy { get; init; } = NoProxyList.Empty;

    /// <summary>
    /// Roots that peers' certificates must lead to, instead of the system's; empty in production. Names, dates and
    /// chains are checked all the same: there is no switch that turns the checks off.
    /// </summary>
    public X509Certificate2Collection TrustedRoots { get; init; } = [];

    /// <summary>For one TCP connection, the proxy's tunnel and TLS included.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
