using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Kms.Adapters.Http;
using Kms.Core;
using Kms.Core.Ports;

namespace Kms.Adapters.Transport;

/// <summary>One connection pool per pinned endpoint, the IP included: a connection to one address never serves another pin.</summary>
internal sealed class PeerConnections : IDisposable
{
    private readonly object _gate = new();
    private readonly Dictionary<PoolKey, Pool> _pools = [];
    private readonly PinnedHttpTransportOptions _options;
    private long _clock;
    private bool _disposed;

    public PeerConnections(PinnedHttpTransportOptions options) => _options = options;

    /// <summary>Takes the endpoint's pool until the lease is disposed; the least recently used idle pool makes room.</summary>
    public Lease Rent(PinnedEndpoint endpoint)
    {
        var key = new PoolKey(endpoint.Scheme, endpoint.Host, endpoint.Port, (endpoint as PinnedEndpoint.Direct)?.Address);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_pools.TryGetValue(key, out var pool))
            {
                MakeRoom();
                pool = new Pool(new HttpMessageInvoker(CreateHandler(endpoint), disposeHandler: true));
                _pools.Add(key, pool);
            }

            pool.Users++;
            pool.LastUse = ++_clock;
            return new Lease(this, pool);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var pool in _pools.Values)
            {
                pool.Http.Dispose();
            }

            _pools.Clear();
        }
    }

    private void MakeRoom()
    {
        if (_pools.Count < Limits.MaxPeerConnectionPools)
        {
            return;
        }

        PoolKey? oldest = null;
        long oldestUse = long.MaxValue;
        foreach (var (key, pool) in _pools)
        {
            if (pool.Users == 0 && pool.LastUse < oldestUse)
            {
                (oldest, oldestUse) = (key, pool.LastUse);
            }
        }

        if (oldest is not null && _pools.Remove(oldest, out var removed))
        {
            removed.Http.Dispose();
        }
    }

    private SocketsHttpHandler CreateHandler(PinnedEndpoint endpoint)
    {
        var handler = PlainHandler.Create(_options.ConnectTimeout);
        handler.ConnectCallback = (_, cancel) => ConnectAsync(endpoint, cancel);
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            CertificateChainPolicy = ChainPolicy(),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            TargetHost = endpoint.Host,
        };
        return handler;
    }

    /// <remarks>
    /// Building a chain must not dial anybody: no downloads of intermediates, no revocation requests (addresses in
    /// certificates are as hostile as any, H2).
    /// </remarks>
    private X509ChainPolicy ChainPolicy()
    {
        var policy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
        if (_options.TrustedRoots.Count > 0)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(_options.TrustedRoots);
        }

        return policy;
    }

    // The handler asks for a connection to the URL's host; it gets one to the pin, which alone was checked.
    private async ValueTask<Stream> ConnectAsync(PinnedEndpoint endpoint, CancellationToken cancel)
    {
        if (endpoint is not PinnedEndpoint.Direct direct)
        {
            return await ConnectTunnel.OpenAsync(_options.ConnectProxy!, endpoint.Host, endpoint.Port, cancel);
        }

        var socket = new Socket(direct.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(direct.Address, direct.Port), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Return(Pool pool)
    {
        lock (_gate)
        {
            pool.Users--;
        }
    }

    /// <summary>Keeps a pool from being closed while a request uses it.</summary>
    internal readonly struct Lease(PeerConnections owner, Pool pool) : IDisposable
    {
        public HttpMessageInvoker Http => pool.Http;

        public void Dispose() => owner.Return(pool);
    }

    internal sealed class Pool(HttpMessageInvoker http)
    {
        public HttpMessageInvoker Http { get; } = http;

        public int Users { get; set; }

        public long LastUse { get; set; }
    }

    private sealed record PoolKey(string Scheme, string Host, int Port, IPAddress? Address);
}
