using System.Globalization;
using System.Net;
using Kms.Sim.World;

namespace Kms.Sim.Faults;

/// <summary>Eligible instances of the KMS app behind hosts that accept every connection and never say a word.</summary>
internal static class SilentMembers
{
    private const byte Network = 21;

    /// <param name="first">How many there were before.</param>
    public static void Register(SimWorld world, int first, int count)
    {
        for (int number = first; number < first + count; number++)
        {
            var host = string.Create(CultureInfo.InvariantCulture, $"silent{number}.kms.example");
            var address = new IPAddress([52, Network, (byte)(number >> 8), (byte)number]);
            world.Network.Dns.Add(host, address);
            world.Network.Silent.Add(address);
            world.Register(world.NewKeys(host), $"https://{host}");
        }
    }
}
