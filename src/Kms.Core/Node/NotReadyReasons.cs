namespace Kms.Core.Node;

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
