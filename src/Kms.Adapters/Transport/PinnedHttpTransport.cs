using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Kms.Adapters.Http;
using Kms.Core;
using Kms.Core.Network;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Adapters.Transport;

/// <summary><see cref="ITransport"/> over HTTP/1.1: direct to the pinned IP, or by CONNECT through the enclave's proxy, host by host.</summary>
/// <remarks>TLS is end to end in both modes, with SNI and certificate checked against the endpoint's host.</remarks>
public sealed class PinnedHttpTransport : ITransport, IDisposable
{
    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(5);

    // Takes the target as it is: Uri would otherwise unescape and re-escape it, and the target is signed.
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly PinnedHttpTransportOptions _options;
    private readonly PeerConnections _connections;

    /// <exception cref="ArgumentException">The proxy is not an absolute http URL.</exception>
    public PinnedHttpTransport(PinnedHttpTransportOptions options)
    {
        if (options.ConnectProxy is { } proxy && (!proxy.IsAbsoluteUri || proxy.Scheme != "http"))
        {
            throw new ArgumentException("the proxy must be an absolute http URL", nameof(options));
        }

        _options = options;
        _connections = new PeerConnections(options);
    }

    public TransportRoute RouteTo(string host) =>
        _options.ConnectProxy is null || HttpUrl.IsLoopback(host) || _options.NoProxy.Covers(host) ? TransportRoute.Direct : TransportRoute.Proxied;

    public async Task<Result<IReadOnlyList<IPAddress>, TransportFailure>> ResolveAsync(string host, CancellationToken cancel)
    {
        Invariant.Require(RouteTo(host) == TransportRoute.Direct);
        if (string.IsNullOrWhiteSpace(host))
        {
            return Result<IReadOnlyList<IPAddress>, TransportFailure>.Fail(TransportFailure.Unresolved, "no name"); // would be this machine
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limited.CancelAfter(ResolveTimeout);
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, limited.Token);
            return addresses.Length is > 0 and <= Limits.MaxResolvedAddresses
                ? Result<IReadOnlyList<IPAddress>, TransportFailure>.Ok(addresses)
                : Result<IReadOnlyList<IPAddress>, TransportFailure>.Fail(TransportFailure.Unresolved, $"{host}: {addresses.Length} addresses");
        }
        catch (SocketException e)
        {
            return Result<IReadOnlyList<IPAddress>, TransportFailure>.Fail(TransportFailure.Unresolved, $"{host}: {e.SocketErrorCode}");
        }
        catch (ArgumentException)
        {
            return Result<IReadOnlyList<IPAddress>, TransportFailure>.Fail(TransportFailure.Unresolved, "not a DNS name");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Result<IReadOnlyList<IPAddress>, TransportFailure>.Fail(TransportFailure.TimedOut, $"{host}: no answer from DNS");
        }
    }

    public async Task<Result<PeerResponse, TransportFailure>> SendAsync(PinnedEndpoint endpoint, PeerRequest request, CancellationToken cancel)
    {
        Invariant.Require(endpoint is PinnedEndpoint.Direct == (RouteTo(endpoint.Host) == TransportRoute.Direct));
        Invariant.Require(endpoint is PinnedEndpoint.Direct || !IPAddress.TryParse(endpoint.Host, out _));
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limited.CancelAfter(request.Timeout);
        try
        {
            using var message = CreateMessage(endpoint, request);
            using var lease = _connections.Rent(endpoint);
            using var response = await lease.Http.SendAsync(message, limited.Token);
            var headers = ReadHeaders(response);
            if (headers.Count > Limits.MaxResponseHeaders)
            {
                return Fail(TransportFailure.TooLarge, endpoint, "too many headers");
            }

            return await BoundedBody.ReadAsync(response.Content, request.MaxResponseBytes, limited.Token) is { } body
                ? Result<PeerResponse, TransportFailure>.Ok(new PeerResponse((int)response.StatusCode, headers, body))
                : Fail(TransportFailure.TooLarge, endpoint, "the body is too large");
        }
        catch (HttpRequestException e)
        {
            return Fail(FailureOf(e), endpoint, DetailOf(e));
        }
        catch (IOException)
        {
            return Fail(TransportFailure.Lost, endpoint, "the connection was lost");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Fail(TransportFailure.TimedOut, endpoint, "timed out");
        }
    }

    public void Dispose() => _connections.Dispose();

    private static HttpRequestMessage CreateMessage(PinnedEndpoint endpoint, PeerRequest request)
    {
        Invariant.Require(request.Target.StartsWith('/'));
        Invariant.Require(!request.Target.AsSpan().ContainsAnyExceptInRange('!', '~'));
        string host = endpoint.Host.Contains(':', StringComparison.Ordinal) ? $"[{endpoint.Host}]" : endpoint.Host;
        var url = new Uri($"{endpoint.Scheme}://{host}:{endpoint.Port}{request.Target}", in Verbatim);
        var message = new HttpRequestMessage(new HttpMethod(request.Method), url)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (!request.Body.IsEmpty)
        {
            message.Content = new ReadOnlyMemoryContent(request.Body);
        }

        foreach (var (name, value) in request.Headers)
        {
            // Host would also change the name that TLS checks.
            Invariant.Require(!string.Equals(name, "Host", StringComparison.OrdinalIgnoreCase));
            Invariant.Require(!value.AsSpan().ContainsAny('\r', '\n', '\0'));
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content ??= new ReadOnlyMemoryContent(ReadOnlyMemory<byte>.Empty);
                Invariant.Require(message.Content.Headers.TryAddWithoutValidation(name, value));
            }
        }

        return message;
    }

    private static List<KeyValuePair<string, string>> ReadHeaders(HttpResponseMessage response)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var source in (ReadOnlySpan<System.Net.Http.Headers.HttpHeaders>)[response.Headers, response.Content.Headers])
        {
            foreach (var (name, values) in source.NonValidated)
            {
                foreach (string value in values)
                {
                    headers.Add(KeyValuePair.Create(name, value));
                }
            }
        }

        return headers;
    }

    private static TransportFailure FailureOf(HttpRequestException e) => e switch
    {
        { InnerException: AuthenticationException } => TransportFailure.TlsRefused,
        { InnerException: ProxyRefusedException or SocketException } => TransportFailure.Unreachable,
        { HttpRequestError: HttpRequestError.SecureConnectionError } => TransportFailure.TlsRefused,
        { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } => TransportFailure.Unreachable,
        { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => TransportFailure.TooLarge,
        _ => TransportFailure.Lost,
    };

    private static string DetailOf(HttpRequestException e) =>
        e.InnerException is ProxyRefusedException refused ? refused.Message : e.HttpRequestError.ToString();

    private static Result<PeerResponse, TransportFailure> Fail(TransportFailure failure, PinnedEndpoint endpoint, string why) =>
        Result<PeerResponse, TransportFailure>.Fail(failure, $"{endpoint}: {why}");
}
