using System.Globalization;
using System.Net;
using Kms.Sim.Chain;
using Kms.Sim.Enclave;

namespace Kms.Sim.World;

/// <summary>A place in the cluster: a host with a name and an address, on which one incarnation after the other runs.</summary>
internal sealed class NodeSlot(int index, IReadOnlyList<SimRpcEndpoint> endpoints)
{
    public int Index { get; } = index;

    public string Host { get; } = string.Create(CultureInfo.InvariantCulture, $"node{index}.kms.example");

    public IPAddress Address { get; } = new([52, 20, (byte)(index >> 8), (byte)(10 + index)]);

    public string Url => $"https://{Host}";

    public IReadOnlyList<SimRpcEndpoint> Endpoints { get; } = endpoints;

    public OdynFaults OdynFaults { get; } = new();

    public ThrowingPorts Ports { get; } = new();

    public Network.HostManners Manners { get; } = new();

    /// <summary>What the host added to the wall clock; survives restarts.</summary>
    public TimeSpan WallStep { get; set; }

    /// <summary>Its answers to peers arrive damaged.</summary>
    public bool Lies { get; set; }

    /// <summary>Its host answers peers with redirects.</summary>
    public bool Redirects { get; set; }

    /// <summary>Answers handovers in the node's place, with its keys; null: the node answers.</summary>
    public Network.RogueMember? Rogue { get; set; }

    /// <summary>Null while the host is down.</summary>
    public Incarnation? Current { get; set; }

    /// <summary>The last incarnation, dead or alive.</summary>
    public Incarnation? Last { get; set; }

    public int Starts { get; set; }

    /// <summary>Virtual time at which a chain or Odyn fault of this node last ended; <see cref="TimeSpan.MaxValue"/> while one lasts.</summary>
    public TimeSpan DisturbedUntil { get; set; }
}
