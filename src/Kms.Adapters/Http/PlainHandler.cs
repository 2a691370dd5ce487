using System.Net;
using Kms.Core;

namespace Kms.Adapters.Http;

/// <summary>
/// The only place that makes an HTTP handler: it follows no redirect, keeps no cookie, decompresses nothing, sends no
/// credentials, reads no proxy from the environment, and bounds headers. A conventions test holds it to that.
/// </summary>
internal static class PlainHandler
{
    /// <param name="connectTimeout">For one TCP connection, TLS included.</param>
    public static SocketsHttpHandler Create(TimeSpan connectTimeout) => new()
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = connectTimeout,
        Credentials = null,
        EnableMultipleHttp2Connections = false,
        MaxConnectionsPerServer = Limits.MaxConnectionsPerPeer,
        MaxResponseDrainSize = 0,
        MaxResponseHeadersLength = Limits.MaxResponseHeaderKiB,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PreAuthenticate = false,
        UseCookies = false,
        UseProxy = false,
    };
}
