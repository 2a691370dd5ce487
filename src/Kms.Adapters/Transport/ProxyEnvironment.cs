using System.Diagnostics.CodeAnalysis;
using Kms.Core.Network;

namespace Kms.Adapters.Transport;

/// <summary>Which proxy leads out: what an enclave's environment says, or a setting instead of it.</summary>
/// <param name="Https">For https, tunnelled; null for none.</param>
/// <param name="Http">For plain http; null for none.</param>
/// <param name="NoProxy">Who is reached without either. Loopback always is.</param>
internal sealed record ProxyEnvironment(Uri? Https, Uri? Http, NoProxyList NoProxy)
{
    /// <summary>A setting goes before the environment, which is then not looked at: an URL for everybody, or <c>none</c>.</summary>
    /// <param name="setting">Null when there is none.</param>
    /// <param name="problem">What is wrong with the setting, without its name, or with the environment.</param>
    public static bool TryChoose(
        string? setting, Func<string, string?> variable, [NotNullWhen(true)] out ProxyEnvironment? environment, [NotNullWhen(false)] out string? problem)
    {
        if (setting is null)
        {
            return TryRead(variable, out environment, out problem);
        }

        environment = string.Equals(setting, "none", StringComparison.OrdinalIgnoreCase) ? None
            : ProxyUrl.TryParse(setting, out var proxy) ? Of(proxy)
            : null;
        problem = environment is null ? ProxyUrl.Advice : null;
        return environment is not null;
    }

    /// <summary>
    /// Reads <c>https_proxy</c>, <c>http_proxy</c> and <c>no_proxy</c>, each in lower case, else in upper case. What is empty counts as not set.
    /// </summary>
    /// <param name="variable">The value of an environment variable, or null.</param>
    /// <param name="problem">What is wrong, naming the variable and never its value, with advice.</param>
    private static bool TryRead(
        Func<string, string?> variable, [NotNullWhen(true)] out ProxyEnvironment? environment, [NotNullWhen(false)] out string? problem)
    {
        environment = null;
        if (!TryProxy(variable, "https_proxy", out var https, out problem) || !TryProxy(variable, "http_proxy", out var http, out problem))
        {
            return false;
        }

        var (name, text) = Named(variable, "no_proxy");
        if (!NoProxyList.TryParse(text, out var noProxy))
        {
            problem = $"{name} in the environment is no list of host names, addresses and networks, such as localhost,127.0.0.1,.example.com: correct it (ports are not taken), or unset it";
            return false;
        }

        environment = new ProxyEnvironment(https, http, noProxy);
        return true;
    }

    /// <summary>The proxy for a service at this URL; null when it is reached directly.</summary>
    public Uri? For(Uri url)
    {
        string host = url.IdnHost.Trim('[', ']');
        return HttpUrl.IsLoopback(host) || NoProxy.Covers(host) ? null : url.Scheme == Uri.UriSchemeHttps ? Https : Http;
    }

    private static ProxyEnvironment None { get; } = new(null, null, NoProxyList.Empty);

    private static ProxyEnvironment Of(Uri proxy) => new(proxy, proxy, NoProxyList.Empty);

    private static bool TryProxy(Func<string, string?> variable, string lower, out Uri? proxy, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        proxy = null;
        var (name, text) = Named(variable, lower);
        if (text.Length == 0 || ProxyUrl.TryParse(text, out proxy))
        {
            return true;
        }

        problem = $"{name} in the environment is {ProxyUrl.Advice}; or unset it";
        return false;
    }

    private static (string Name, string Text) Named(Func<string, string?> variable, string lower) =>
        variable(lower)?.Trim() is { Length: > 0 } text ? (lower, text) : (lower.ToUpperInvariant(), variable(lower.ToUpperInvariant())?.Trim() ?? string.Empty);
}
