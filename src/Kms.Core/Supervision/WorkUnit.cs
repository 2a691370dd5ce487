
namespace Kms.Core.Supervision;

/// <summary>The borders at which an unexpected exception ends: what fails behind one harms nothing behind another.</summary>
internal enum WorkUnit
{
    /// <summary>Bringing secrets and readiness in line with the newest view.</summary>
    Settling,

    /// <summary>Reading heads and membership.</summary>
    ChainWatch,

    /// <summary>Looking at Odyn.</summary>
    OdynWatch,

    /// <summary>Generating, proposing, confirming, following transactions.</summary>
    RegistryCalls,

    /// <summary>Fetching the secret of the next epoch.</summary>
    NextHandover,

    /// <summary>Fetching secrets of epochs that are active already.</summary>
    MissingHandovers,

    /// <summary>Asking one member for a secret.</summary>
    HandoverPeer,

    /// <summary>Replication's own housekeeping: who is a peer, expiry, tombstones.</summary>
    Replication,

    /// <summary>Coming to follow the others, at the start and after isolation.</summary>
    ReplicationJoin,

    /// <summary>Replication with one peer.</summary>
    ReplicationLink,

    /// <summary>Probing all members.</summary>
    Probes,

    /// <summary>Probing one member.</summary>
    Probe,

    /// <summary>Re-encryption and forgetting.</summary>
    Housekeeping,

    /// <summary>Answering one request.</summary>
    Request,

    /// <summary>The embedder's <c>KmsNodeOptions.OnAudit</c>.</summary>
    AuditSink,

    /// <summary>The embedder's <c>KmsNodeOptions.OnStateChange</c>.</summary>
    StateSink,

    /// <summary>The implementation of <see cref="Ports.IChain"/>.</summary>
    ChainPort,

    /// <summary>The implementation of <see cref="Ports.IOdyn"/>.</summary>
    OdynPort,

    /// <summary>The implementation of <see cref="Ports.ITransport"/>.</summary>
    TransportPort,

    /// <summary>The implementation of <see cref="Ports.IClock"/>.</summary>
    ClockPort,
}
