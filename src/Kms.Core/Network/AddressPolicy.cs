using System.Net;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Network;

/// <summary>
/// Mints every <see cref="PinnedEndpoint"/> (design §3, findings H2 and M8): parse, resolve once, check every answer, pin one.
/// </summary>
/// <remarks>
/// One bad answer refuses the whole name: an honest peer has no reason to publish a private address next to a public one,
/// and choosing the good ones would let an attacker probe which they are. Names are resolved at every pin and never cached,
/// so a peer may move; what is dialled is the very address that was checked.
/// </remarks>
internal sealed class AddressPolicy
{
    private readonly ITransport _transport;
    private readonly HashSet<(IPAddress, int)> _exceptions;

    /// <param name="exceptions">Exact pairs that may be dialled although they are not public; from configuration only.</param>
    /// <param name="rootIsAws">With the AWS attestation root there are no exceptions: they are for devnets.</param>
    /// <exception cref="ArgumentException">Exceptions together with the AWS root.</exception>
    public AddressPolicy(ITransport transport, IReadOnlyList<IPEndPoint> exceptions, bool rootIsAws)
    {
        if (rootIsAws && exceptions.Count > 0)
        {
            throw new ArgumentException("address exceptions are for devnets: not with the AWS attestation root", nameof(exceptions));
        }

        _transport = transport;
        _exceptions = exceptions.Select(exception => (exception.Address, exception.Port)).ToHashSet();
    }

    /// <param name="registeredUrl">Hostile text.</param>
    public async Task<Result<PinnedEndpoint, AddressRefusal>> PinAsync(string registeredUrl, CancellationToken cancel)
    {
        if (!PeerUrl.TryParse(registeredUrl, out var url))
        {
            return Result<PinnedEndpoint, AddressRefusal>.Fail(AddressRefusal.NotAUrl);
        }

        if (_transport.RouteTo(url.Host) == TransportRoute.Proxied)
        {
            // The proxy resolves: only a name whose certificate will be checked may go there, never an address.
            return url.IsHttps && url.Literal is null
                ? Result<PinnedEndpoint, AddressRefusal>.Ok(new PinnedEndpoint.Proxied(url.Scheme, url.Host, url.Port))
                : Result<PinnedEndpoint, AddressRefusal>.Fail(AddressRefusal.NotAllowed);
        }

        if (url.Literal is { } literal)
        {
            return IsException(literal, url.Port)
                ? Result<PinnedEndpoint, AddressRefusal>.Ok(new PinnedEndpoint.Direct(url.Scheme, url.Host, url.Port, literal))
                : Result<PinnedEndpoint, AddressRefusal>.Fail(AddressRefusal.NotAllowed);
        }

        var resolved = await _transport.ResolveAsync(url.Host, cancel);
        return resolved.TryGet(out var addresses) ? Choose(url, addresses) : Result<PinnedEndpoint, AddressRefusal>.Fail(AddressRefusal.Unresolved);
    }

    private Result<PinnedEndpoint, AddressRefusal> Choose(PeerUrl url, IReadOnlyList<IPAddress> addresses)
    {
        if (addresses.Count == 0)
        {
            return Result<PinnedEndpoint, AddressRefusal>.Fail(AddressRefusal.Unresolved);
        }

        if (addresses.Count > Limits.MaxResolvedAddresses)
        {
            return Result<PinnedEndpoint, AddressRefusal>.Fail(AddressRefusal.TooManyAddresses);
        }

        if (!addresses.All(address => PublicUnicast.Contains(address) || IsException(address, url.Port)))
        {
            return Result<PinnedEndpoint, AddressRefusal>.Fail(AddressRefusal.NotPublic);
        }

        return url.IsHttps || addresses.All(address => IsException(address, url.Port))
            ? Result<PinnedEndpoint, AddressRefusal>.Ok(new PinnedEndpoint.Direct(url.Scheme, url.Host, url.Port, addresses[0]))
            : Result<PinnedEndpoint, AddressRefusal>.Fail(AddressRefusal.NotAllowed);
    }

    private bool IsException(IPAddress address, int port) => _exceptions.Contains((address, port));
}

/// <summary>Why a URL gives no endpoint.</summary>
internal enum AddressRefusal
{
    /// <summary>Not of <see cref="PeerUrl"/>'s grammar.</summary>
    NotAUrl,

    /// <summary>An IP literal, or plain HTTP, that no configured exception covers.</summary>
    NotAllowed,

    /// <summary>The name has no address now.</summary>
    Unresolved,

    /// <summary>More answers than <see cref="Limits.MaxResolvedAddresses"/>.</summary>
    TooManyAddresses,

    /// <summary>At least one answer is not public unicast.</summary>
    NotPublic,
}
