using System.Diagnostics.CodeAnalysis;
using Kms.Core.Network;

namespace Kms.Adapters.Transport;

/// <summary>The URL of an HTTP proxy as people write it.</summary>
internal static class ProxyUrl
{
    /// <summary>What to say about any other text; the text itself may hold a password.</summary>
    public const string Advice = "not an http proxy: give one such as http://127.0.0.1:10000, without credentials or path";

    /// <summary>An http URL, or <c>host:port</c>. No credentials: nothing here would send them; no TLS or SOCKS: nothing here speaks it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? proxy)
    {
        string url = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        if (HttpUrl.TryParse(url, out proxy) && proxy.Scheme == Uri.UriSchemeHttp && proxy.UserInfo.Length == 0
            && proxy.PathAndQuery == "/" && proxy.Fragment.Length == 0 && !url.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return true;
        }

        proxy = null;
        return false;
    }
}
