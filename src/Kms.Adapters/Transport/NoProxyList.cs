using System.Diagnostics.CodeAnalysis;
using System.Net;
using Kms.Core;

namespace Kms.Adapters.Transport;

/// <summary>Who is reached without the proxy, in the words of <c>no_proxy</c>.</summary>
/// <remarks>
/// Entries are separated by commas or white space: <c>*</c> for everybody, a host name for itself and all names under it (a leading
/// dot or <c>*.</c> changes nothing), an address, or a network in CIDR form. Ports are not distinguished.
/// </remarks>
public sealed class NoProxyList
{
    private static readonly char[] Separators = [',', ' ', '\t'];

    private readonly bool _all;
    private readonly string[] _names;
    private readonly IPNetwork[] _networks;

    private NoProxyList(bool all, string[] names, IPNetwork[] networks)
    {
        _all = all;
        _names = names;
        _networks = networks;
    }

    /// <summary>Names nobody.</summary>
    public static NoProxyList Empty { get; } = new(false, [], []);

    /// <summary>False when an entry is none of the forms, or there are too many.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NoProxyList? list)
    {
        ArgumentNullException.ThrowIfNull(text);
        list = null;
        string[] entries = text.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        if (entries.Length > Limits.MaxNoProxyEntries)
        {
            return false;
        }

        bool all = false;
        var names = new List<string>();
        var networks = new List<IPNetwork>();
        foreach (string entry in entries)
        {
            if (entry == "*")
            {
                all = true;
            }
            else if (TryNetwork(entry, out var network))
            {
                networks.Add(network);
            }
            else if (TryName(entry, out string? name))
            {
                names.Add(name);
            }
            else
            {
                return false;
            }
        }

        list = new NoProxyList(all, [.. names], [.. networks]);
        return true;
    }

    /// <param name="host">A DNS name, or an IP literal without brackets.</param>
    public bool Covers(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return _all || (IPAddress.TryParse(host, out var address)
            ? Array.Exists(_networks, network => network.Contains(address))
            : Array.Exists(_names, name => IsAtOrUnder(host, name)));
    }

    private static bool IsAtOrUnder(string host, string name) =>
        host.EndsWith(name, StringComparison.OrdinalIgnoreCase) && (host.Length == name.Length || host[host.Length - name.Length - 1] == '.');

    private static bool TryNetwork(string entry, out IPNetwork network)
    {
        network = default;
        if (entry.Contains('/', StringComparison.Ordinal))
        {
            return IPNetwork.TryParse(entry, out network);
        }

        // Like 127.1, whatever the platform reads as an address and nobody writes as one is a typing error.
        string bare = entry.StartsWith('[') && entry.EndsWith(']') ? entry[1..^1] : entry;
        if (!IPAddress.TryParse(bare, out var address) || !string.Equals(address.ToString(), bare, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }

    private static bool TryName(string entry, [NotNullWhen(true)] out string? name)
    {
        name = entry.StartsWith("*.", StringComparison.Ordinal) ? entry[2..] : entry.TrimStart('.');
        return name.Split('.') is var labels
            && labels.All(static label => label.Length > 0 && label.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            && labels[^1].Any(char.IsAsciiLetter);
    }
}
