using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Secrets;

namespace Kms.Core.Node;

/// <summary>
/// Readiness as a pure function of the facts: the first rule that is broken names the reason, and Ready is what is left when
/// none is (design §4, §6).
/// </summary>
internal static class ReadinessRule
{
    public static Readiness Evaluate(ReadinessFacts facts)
    {
        if (facts.IsStopping)
        {
            return Not(NotReadyReason.Stopping, "the node stops");
        }

        if (OnOdyn(facts.Odyn) is { } unwell)
        {
            return unwell;
        }

        if (facts.IsDeepReorg)
        {
            return Not(NotReadyReason.DeepReorg, "a final block is gone; starting over from the new chain");
        }

        if (facts.View is not { } view)
        {
            return Not(NotReadyReason.ChainUnavailable, "the registry could not be read yet");
        }

        return facts.IsViewStale
            ? Not(NotReadyReason.ChainStale, "the chain's heads trail trusted time")
            : OnRegistry(facts, view) ?? OnSecrets(facts, view);
    }

    /// <summary>The registry's proposals must live longer than three times the finality depth, or none can be confirmed at both views in time.</summary>
    public static bool ProposalsLiveLongEnough(ChainView view, ulong finalityDepthBlocks) =>
        (UInt128)view.AtLatest.Kms.ProposalBlocks > (UInt128)finalityDepthBlocks * 3;

    private static Readiness.NotReady? OnOdyn(OdynHealth health) => health switch
    {
        OdynHealth.Good => null,
        OdynHealth.Unknown => Not(NotReadyReason.Starting, "Odyn was not looked at yet"),
        OdynHealth.Unavailable => Not(NotReadyReason.OdynUnavailable, "Odyn does not answer"),
        OdynHealth.IdentityChanged => Not(NotReadyReason.IdentityChanged, "Odyn's wallet or key is another one: restart the node"),
        OdynHealth.RandomnessBroken => Not(NotReadyReason.RandomnessBroken, "Odyn's randomness is constant or repeats"),
        OdynHealth.AttestationFailed => Not(NotReadyReason.AttestationFailed, "the own attestation document was refused"),
        _ => throw new InvariantException($"health {health}"),
    };

    private static Readiness.NotReady? OnRegistry(ReadinessFacts facts, ChainView view)
    {
        if (!ProposalsLiveLongEnough(view, facts.FinalityDepthBlocks))
        {
            return Not(
                NotReadyReason.Misconfigured,
                $"proposalBlocks is {view.AtLatest.Kms.ProposalBlocks}: more than 3 x {facts.FinalityDepthBlocks} is needed");
        }

        var membership = PeerAuthorizer.Authorize(view, facts.Self);
        if (!membership.TryGet(out var self))
        {
            return Not(NotReadyReason.NotAMember, $"{facts.Self} is no member: {membership.Refusal}");
        }

        return facts.OwnMeasurement != self.Version.CodeMeasurement
            ? Not(NotReadyReason.AttestationFailed, $"this enclave measures {facts.OwnMeasurement}, its version says {self.Version.CodeMeasurement}")
            : facts.IsStoreFull ? Not(NotReadyReason.StoreFull, "the store is far over its limit") : null;
    }

    private static Readiness OnSecrets(ReadinessFacts facts, ChainView view)
    {
        var final = view.AtFinal.Kms;
        if (Newest(view) is not { } current || final.DefaultEpoch is not { } defaultEpoch)
        {
            return OnNoEpoch(facts, view);
        }

        if (final.Find(defaultEpoch) is not { } defaultRecord || !SecretDecisions.IsActiveAtBoth(view, defaultEpoch, defaultRecord.Hash))
        {
            return Not(NotReadyReason.NoEpoch, $"the default epoch {defaultEpoch} is not active at both views");
        }

        return OnSecret(facts, defaultRecord) ?? OnSecret(facts, current) ?? (Readiness)new Readiness.Ready(view, defaultEpoch, current.Epoch);
    }

    /// <summary>The newest epoch that both views know; retired or not, it is the one that new records belong under.</summary>
    private static EpochRecord? Newest(ChainView view)
    {
        var current = view.AtFinal.Kms.Current;
        return current is not null && SecretDecisions.IsActiveAtBoth(view, current.Epoch, current.Hash) ? current : null;
    }

    private static Readiness.NotReady? OnSecret(ReadinessFacts facts, EpochRecord record)
    {
        var held = facts.Held.FirstOrDefault(one => one.Epoch == record.Epoch && one.Hash == record.Hash);
        return held?.State switch
        {
            SecretState.Active => null,
            SecretState.Quarantined => Not(NotReadyReason.SecretQuarantined, $"the secret of epoch {record.Epoch} is in quarantine"),
            _ => Not(NotReadyReason.FetchingSecret, $"the secret of epoch {record.Epoch} is not here yet"),
        };
    }

    private static Readiness.NotReady OnNoEpoch(ReadinessFacts facts, ChainView view)
    {
        if (facts.Unfunded is { } notice)
        {
            return Not(NotReadyReason.Unfunded, notice.ToString());
        }

        bool open = view.AtFinal.Kms.Proposal is { IsOpen: true } || view.AtLatest.Kms.Proposal is { IsOpen: true };
        bool activated = view.AtLatest.Kms.Current is { Retired: false };
        if (facts.Held.Any(held => held.State == SecretState.Quarantined) && !open && !activated)
        {
            return Not(NotReadyReason.SecretQuarantined, "no epoch is active at both views; what was held is kept in quarantine");
        }

        return open || activated
            ? Not(NotReadyReason.AwaitingConfirmations, "an epoch's secret is proposed, or active but not final")
            : view.AtLatest.Kms.NextEpochWanted ? Not(NotReadyReason.AwaitingProposal, "an epoch is wanted and nothing proposed")
            : Not(NotReadyReason.NoEpoch, "no epoch is active at both views");
    }

    private static Readiness.NotReady Not(NotReadyReason reason, string detail) => new(reason, detail);
}
