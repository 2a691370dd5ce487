using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Kms.Core.Network;

/// <summary>The URL of a service that somebody configured: an RPC, a supervisor, a devnet's node. Parsed is not permitted.</summary>
/// <remarks>Stricter rules hold for what a peer registers: <see cref="PeerUrl"/>.</remarks>
internal static class HttpUrl
{
    /// <summary>Absolute, http or https, and with a host that can be asked for: whoever dials it need not fear its text.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Uri? url)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) && HasHost(url))
        {
            return true;
        }

        url = null;
        return false;
    }

    /// <summary>An address of this host, or its one name that resolvers must not ask anybody about (RFC 6761 §6.3).</summary>
    /// <param name="host">Without brackets.</param>
    public static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static bool HasHost(Uri url)
    {
        try
        {
            return url.IdnHost.Length > 0;
        }
        catch (UriFormatException)
        {
            // The framework takes names that have no IDN form, and throws when they are dialled.
            return false;
        }
    }
}
