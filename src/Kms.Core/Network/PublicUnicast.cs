using System.Net;
using System.Net.Sockets;

namespace Kms.Core.Network;

/// <summary>
/// Whether an address is public unicast: what the chain may make a node dial. After the IANA special-purpose registries
/// (IPv4 and IPv6, RFC 6890); everything in them that is not a plain host on the Internet is refused.
/// </summary>
internal static class PublicUnicast
{
    private static readonly IPNetwork[] RefusedV4 =
    [
        IPNetwork.Parse("0.0.0.0/8"),       // this network, unspecified
        IPNetwork.Parse("10.0.0.0/8"),      // private
        IPNetwork.Parse("100.64.0.0/10"),   // carrier-grade NAT
        IPNetwork.Parse("127.0.0.0/8"),     // loopback: Odyn and the chain RPC
        IPNetwork.Parse("169.254.0.0/16"),  // link-local: cloud metadata
        IPNetwork.Parse("172.16.0.0/12"),   // private
        IPNetwork.Parse("192.0.0.0/24"),    // IETF protocol assignments
        IPNetwork.Parse("192.0.2.0/24"),    // documentation
        IPNetwork.Parse("192.31.196.0/24"), // AS112
        IPNetwork.Parse("192.52.193.0/24"), // AMT
        IPNetwork.Parse("192.88.99.0/24"),  // 6to4 relay anycast
        IPNetwork.Parse("192.168.0.0/16"),  // private
        IPNetwork.Parse("192.175.48.0/24"), // AS112
        IPNetwork.Parse("198.18.0.0/15"),   // benchmarking
        IPNetwork.Parse("198.51.100.0/24"), // documentation
        IPNetwork.Parse("203.0.113.0/24"),  // documentation
        IPNetwork.Parse("224.0.0.0/4"),     // multicast
        IPNetwork.Parse("240.0.0.0/4"),     // reserved, broadcast
    ];

    /// <summary>
    /// All that IANA has given out for unicast. Outside of it: unspecified, loopback, IPv4-mapped and -compatible, NAT64
    /// (64:ff9b::/96, 64:ff9b:1::/48), discard, segment routing, unique local, link-local, site-local, multicast.
    /// </summary>
    private static readonly IPNetwork[] GlobalV6 = [IPNetwork.Parse("2000::/3")];

    private static readonly IPNetwork[] RefusedV6 =
    [
        IPNetwork.Parse("2001::/23"),         // IETF protocol assignments: Teredo, benchmarking, ORCHID
        IPNetwork.Parse("2001:db8::/32"),     // documentation
        IPNetwork.Parse("2002::/16"),         // 6to4: carries any IPv4 address
        IPNetwork.Parse("2620:4f:8000::/48"), // AS112
        IPNetwork.Parse("3ffe::/16"),         // 6bone, returned
        IPNetwork.Parse("3fff::/20"),         // documentation
    ];

    public static bool Contains(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        Invariant.Require(address.TryWriteBytes(bytes, out int length));
        bytes = bytes[..length];
        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork => !IsIn(RefusedV4, bytes),
            AddressFamily.InterNetworkV6 => address.ScopeId == 0 && IsIn(GlobalV6, bytes) && !IsIn(RefusedV6, bytes),
            _ => false,
        };
    }

    /// <summary>Compared bit by bit here: <see cref="IPNetwork.Contains"/> looks through IPv4-mapped addresses.</summary>
    private static bool IsIn(ReadOnlySpan<IPNetwork> networks, ReadOnlySpan<byte> address)
    {
        Span<byte> prefix = stackalloc byte[16];
        foreach (var network in networks)
        {
            Invariant.Require(network.BaseAddress.TryWriteBytes(prefix, out int length));
            if (length == address.Length && Matches(prefix[..length], address, network.PrefixLength))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Matches(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> address, int bits)
    {
        int whole = bits / 8;
        int rest = bits % 8;
        return prefix[..whole].SequenceEqual(address[..whole])
            && (rest == 0 || (prefix[whole] ^ address[whole]) >> (8 - rest) == 0);
    }
}
