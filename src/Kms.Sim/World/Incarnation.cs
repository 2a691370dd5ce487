using Kms.Core.Node;
using Kms.Core.Primitives;
using Kms.Sim.Enclave;
using Kms.Sim.Kernel;

namespace Kms.Sim.World;

/// <summary>One start of a node, from boot to crash: its memory lives exactly as long.</summary>
internal sealed record Incarnation(int Number, NodeLife Life, KmsNode Node, EnclaveKeys Keys, SimClock Clock, CancellationTokenSource Stop, TimeSpan BornAt)
{
    public NodeProbe Probe { get; } = new(Node);

    /// <summary>The plan asked it to stop: its end is its own doing no more.</summary>
    public bool IsAskedToStop { get; set; }

    /// <summary>The newest of its audit events that the world knows.</summary>
    public long HeardUpTo { get; set; }

    public WalletAddress Wallet => Keys.Identity.Wallet;
}
