using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Kms.Core.Network;

/// <summary>A peer's registered URL, parsed once from text that anybody may have put on the chain. Parsed is not permitted.</summary>
/// <remarks>
/// <c>https://host[:port][/]</c> and nothing else: no userinfo, path, query or fragment. The host is a DNS name of at least
/// two labels whose last one begins with a letter (so no decimal, octal or hexadecimal address passes as a name), or a
/// canonically written IP literal, which <see cref="AddressPolicy"/> permits for configured exceptions only. <c>http</c>
/// parses for the same reason.
/// </remarks>
internal sealed record PeerUrl
{
    private const int MaxHostChars = 253;
    private const int MaxLabelChars = 63;

    // RFC 6761, RFC 6762, RFC 8375 and what resolvers of clouds answer for: never a public peer. The proxy resolves names that
    // we cannot check, so these are refused by name.
    private static readonly string[] LocalSuffixes = ["localhost", "localdomain", "local", "internal", "home.arpa", "lan", "intranet", "onion"];

    private PeerUrl(string scheme, string host, int port, IPAddress? literal)
    {
        Scheme = scheme;
        Host = host;
        Port = port;
        Literal = literal;
    }

    /// <summary><c>https</c> or <c>http</c>.</summary>
    public string Scheme { get; }

    /// <summary>Lower case; IPv6 literals without brackets.</summary>
    public string Host { get; }

    public int Port { get; }

    /// <summary>Set when the host is an address.</summary>
    public IPAddress? Literal { get; }

    public bool IsHttps => Scheme == "https";

    public static bool TryParse(string? text, [NotNullWhen(true)] out PeerUrl? url)
    {
        url = null;
        if (text is null || text.Length > Limits.MaxPeerUrlChars || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return false;
        }

        int schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd < 0)
        {
            return false;
        }

        var scheme = text[..schemeEnd].ToLowerInvariant();
        if (scheme is not ("https" or "http"))
        {
            return false;
        }

        var authority = text.AsSpan(schemeEnd + 3);
        if (authority.EndsWith("/"))
        {
            authority = authority[..^1];
        }

        if (!TrySplit(authority, scheme == "https" ? 443 : 80, out var host, out int port) || !TryParseHost(host, out var name, out var literal))
        {
            return false;
        }

        url = new PeerUrl(scheme, name, port, literal);
        return true;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Scheme}://{(Literal is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } ? $"[{Host}]" : Host)}:{Port}");

    private static bool TrySplit(ReadOnlySpan<char> authority, int defaultPort, out ReadOnlySpan<char> host, out int port)
    {
        port = defaultPort;
        host = authority;
        int colon = authority.LastIndexOf(':');
        if (colon < 0 || authority.EndsWith("]"))
        {
            return true;
        }

        host = authority[..colon];
        var digits = authority[(colon + 1)..];
        return digits.Length is > 0 and <= 5
            && digits[0] != '0'
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port is >= 1 and <= 65535;
    }

    private static bool TryParseHost(ReadOnlySpan<char> host, out string name, out IPAddress? literal)
    {
        name = string.Empty;
        literal = null;
        if (host.StartsWith("[") && host.EndsWith("]"))
        {
            return TryParseLiteral(host[1..^1], System.Net.Sockets.AddressFamily.InterNetworkV6, out name, out literal);
        }

        return TryParseLiteral(host, System.Net.Sockets.AddressFamily.InterNetwork, out name, out literal) || TryParseName(host, out name);
    }

    /// <summary>Only the canonical text of an address: 127.1, 0177.0.0.1, 0x7f000001 and 2130706433 are neither address nor name here.</summary>
    private static bool TryParseLiteral(ReadOnlySpan<char> text, System.Net.Sockets.AddressFamily family, out string name, out IPAddress? literal)
    {
        name = text.ToString().ToLowerInvariant();
        bool ok = IPAddress.TryParse(name, out literal) && literal.AddressFamily == family && literal.ToString() == name;
        literal = ok ? literal : null;
        return ok;
    }

    private static bool TryParseName(ReadOnlySpan<char> host, out string name)
    {
        name = host.ToString().ToLowerInvariant();
        var labels = name.Split('.');

        // A trailing dot gives an empty last label, and is refused with it.
        if (name.Length > MaxHostChars || labels.Length < 2 || !Array.TrueForAll(labels, IsLabel) || !char.IsAsciiLetterLower(labels[^1][0]))
        {
            return false;
        }

        foreach (var suffix in LocalSuffixes)
        {
            if (name == suffix || name.EndsWith("." + suffix, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabelChars
        && label[0] != '-'
        && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
