using System.Net;

namespace Kms.Sim.Network;

/// <summary>Name resolution that can answer differently each time it is asked.</summary>
internal sealed class SimDns
{
    /// <summary>Where no peer may ever be dialled: loopback, link-local, private, shared, mapped, NAT64, unspecified.</summary>
    public static IReadOnlyList<IPAddress> Hostile { get; } =
    [
        IPAddress.Parse("127.0.0.1"),
        IPAddress.Parse("169.254.169.254"),
        IPAddress.Parse("10.0.0.5"),
        IPAddress.Parse("172.16.3.4"),
        IPAddress.Parse("192.168.1.1"),
        IPAddress.Parse("100.64.0.1"),
        IPAddress.Parse("0.0.0.0"),
        IPAddress.Parse("::1"),
        IPAddress.Parse("::ffff:127.0.0.1"),
        IPAddress.Parse("64:ff9b::7f00:1"),
        IPAddress.Parse("fe80::1"),
        IPAddress.Parse("fd00::1"),
    ];

    private readonly Dictionary<string, IPAddress> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IPAddress[]> _rebound = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Asking, string Host), int> _told = [];
    private readonly HashSet<IPAddress> _public = [];

    public void Add(string host, IPAddress address)
    {
        _addresses[host] = address;
        _public.Add(address);
    }

    /// <summary>The next answers for a name to each who asks: public and hostile ones in turn.</summary>
    public void Rebind(string host, IEnumerable<IPAddress> hostile)
    {
        _rebound[host] = [.. hostile.SelectMany(address => new[] { _addresses[host], address })];
        foreach (var asked in _told.Keys.Where(asked => asked.Host == host).ToArray())
        {
            _told.Remove(asked);
        }
    }

    public void Heal()
    {
        _rebound.Clear();
        _told.Clear();
    }

    public bool IsKnown(IPAddress address) => _public.Contains(address);

    public IReadOnlyList<IPAddress>? Answer(string asking, string host)
    {
        int told = _told.GetValueOrDefault((asking, host));
        if (_rebound.TryGetValue(host, out var answers) && told < answers.Length)
        {
            _told[(asking, host)] = told + 1;
            return [answers[told]];
        }

        return _addresses.TryGetValue(host, out var address) ? [address] : null;
    }
}
