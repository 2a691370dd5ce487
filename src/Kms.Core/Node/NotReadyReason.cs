namespace Kms.Core.Node;

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
