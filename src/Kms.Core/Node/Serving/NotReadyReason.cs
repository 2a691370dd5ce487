namespace Kms.Core.Node.Serving;

/// <summary>Why a node does not serve, or not everything. On the wire in snake_case as <c>reason</c>.</summary>
public enum NotReadyReason
{
    Starting,
    OdynUnavailable,
    IdentityChanged,
    RandomnessBroken,
    AttestationFailed,
    ChainUnavailable,
    ChainStale,
    DeepReorg,
    NotAMember,
    Misconfigured,
    NoEpoch,
    Unfunded,
    AwaitingProposal,
    AwaitingConfirmations,
    FetchingSecret,
    SecretQuarantined,
    StoreFull,
    Isolated,
    CatchingUp,
    Stopping,
    InternalError,
}

/// <summary>All that follows from a reason, in one table.</summary>
internal static class NotReadyReasons
{
    public static (Stops Stops, StillDoes StillDoes) Of(NotReadyReason reason) => reason switch
    {
        NotReadyReason.Starting => (Stops.Everything, StillDoes.Nothing),
        NotReadyReason.OdynUnavailable => (Stops.Everything, StillDoes.Answers),
        NotReadyReason.IdentityChanged => (Stops.Everything, StillDoes.Nothing),
        NotReadyReason.RandomnessBroken => (Stops.Everything, StillDoes.Answers),
        NotReadyReason.AttestationFailed => (Stops.Everything, StillDoes.Answers),
        NotReadyReason.ChainUnavailable => (Stops.Everything, StillDoes.Nothing),
        NotReadyReason.ChainStale => (Stops.Everything, StillDoes.Nothing),
        NotReadyReason.DeepReorg => (Stops.Everything, StillDoes.Nothing),
        NotReadyReason.NotAMember => (Stops.Everything, StillDoes.Answers),
        NotReadyReason.Misconfigured => (Stops.Everything, StillDoes.Acts),
        NotReadyReason.NoEpoch => (Stops.Everything, StillDoes.Acts),
        NotReadyReason.Unfunded => (Stops.Everything, StillDoes.Acts),
        NotReadyReason.AwaitingProposal => (Stops.Everything, StillDoes.Acts),
        NotReadyReason.AwaitingConfirmations => (Stops.Everything, StillDoes.Acts),
        NotReadyReason.FetchingSecret => (Stops.Everything, StillDoes.Acts),
        NotReadyReason.SecretQuarantined => (Stops.Everything, StillDoes.Acts),
        NotReadyReason.StoreFull => (Stops.Everything, StillDoes.Acts),
        NotReadyReason.Isolated => (Stops.Writes, StillDoes.Acts),
        NotReadyReason.CatchingUp => (Stops.Reads, StillDoes.Acts),
        NotReadyReason.Stopping => (Stops.Everything, StillDoes.Nothing),
        NotReadyReason.InternalError => (Stops.Everything, StillDoes.Answers),
        _ => throw new InvariantException($"reason {reason}"),
    };
}

/// <summary>What a node does for its cluster while the reason stands. Each includes the one before.</summary>
internal enum StillDoes
{
    /// <summary>Nothing: it cannot tell who is a member.</summary>
    Nothing,

    /// <summary>Answers members and status readers.</summary>
    Answers,

    /// <summary>Acts by itself: about secrets, on the chain, towards peers.</summary>
    Acts,
}

/// <summary>What a reason takes from apps.</summary>
internal enum Stops
{
    /// <summary>Keys, reads and writes: the node is not ready.</summary>
    Everything,

    /// <summary>Saying that a key does not exist; what is here is still read.</summary>
    Reads,

    Writes,
}
