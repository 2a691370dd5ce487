using Kms.Core.Membership;
using Kms.Core.Node.Chain;
using Kms.Core.Node.Odyn;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Core.Secrets;

namespace Kms.Core.Node.Serving;

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

        return OnHeads(facts.Staleness) ?? OnRegistry(facts, view) ?? OnSecrets(facts, view);
    }

    private static Readiness.NotReady? OnHeads(HeadStaleness? staleness) => staleness switch
    {
        null => null,
        HeadStaleness.NoTrustedTime => Not(NotReadyReason.Starting, "no attestation document of this node gave the time yet"),
        HeadStaleness.Latest => Not(NotReadyReason.ChainStale, "the latest head trails trusted time"),
        HeadStaleness.Final => Not(
            NotReadyReason.ChainStale, "the final head trails trusted time by more than FinalityDepth blocks of BlockTimeMs explain"),
        _ => throw new InvariantException($"staleness {staleness}"),
    };

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
        var membership = PeerAuthorizer.Authorize(view, facts.Self);
        if (!membership.TryGet(out var self))
        {
            string help = facts.Unfunded is { Signature: null } notice ? $"; {notice}" : string.Empty;
            return Not(NotReadyReason.NotAMember, $"{facts.Self} is no member: {membership}{help}");
        }

        return facts.OwnMeasurement != self.Version.CodeMeasurement
            ? Not(NotReadyReason.AttestationFailed, $"this enclave measures {facts.OwnMeasurement}, its version says {self.Version.CodeMeasurement}")
            : facts.IsStoreFull ? Not(NotReadyReason.StoreFull, "the store is far over its limit") : null;
    }

    /// <summary>Service is by epoch: an epoch that nobody hands over takes nothing from the others.</summary>
    private static Readiness OnSecrets(ReadinessFacts facts, ChainView view)
    {
        var active = SecretDecisions.ActiveAtBoth(view);
        if (view.AtFinal.Kms.DefaultEpoch is not { } defaultEpoch || active.Length == 0)
        {
            return OnNoEpoch(facts, view);
        }

        var lacksDefault = Array.Find(active, record => record.Epoch == defaultEpoch) is { } record
            ? OnSecret(facts, record)
            : Not(NotReadyReason.NoEpoch, $"the default epoch {defaultEpoch} is not active at both views");
        return (Readiness?)Readiness.Ready.Of(view, facts.Self, facts.Held, lacksDefault, OnReads(facts), OnWrites(facts)) ?? lacksDefault!;
    }

    private static Readiness.NotReady? OnReads(ReadinessFacts facts) =>
        facts.IsCaughtUp ? null : Not(NotReadyReason.CatchingUp, "what the peers hold was not pulled yet: no key is denied");

    private static Readiness.NotReady? OnWrites(ReadinessFacts facts) =>
        facts.AcceptsWrites ? null : Not(NotReadyReason.Isolated, "no peer was reached for too long: no write is taken");

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
        if (view.AtLatest.Kms.NextEpochWanted && !SecretDecisions.ProposalsLiveLongEnough(view, facts.FinalityDepthBlocks))
        {
            return Not(
                NotReadyReason.Misconfigured,
                $"proposalBlocks is {view.AtLatest.Kms.ProposalBlocks}: more than 3 x {facts.FinalityDepthBlocks} is needed before anything is proposed");
        }

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

/// <summary>Everything that readiness follows from, at one moment.</summary>
/// <param name="View">The newest view; null while none is known.</param>
/// <param name="Staleness">Which head of the view is too old; null when neither is.</param>
/// <param name="OwnMeasurement">What this enclave's own newest attestation says.</param>
/// <param name="IsCaughtUp">Whether what the peers hold was pulled, or there was nobody to pull from.</param>
/// <param name="AcceptsWrites">False while isolated from the peers, and until the return from that is over.</param>
internal sealed record ReadinessFacts(
    bool IsStopping,
    OdynHealth Odyn,
    bool IsDeepReorg,
    ChainView? View,
    HeadStaleness? Staleness,
    WalletAddress Self,
    Bytes32? OwnMeasurement,
    ulong FinalityDepthBlocks,
    IReadOnlyList<HeldSecret> Held,
    UnfundedNotice? Unfunded,
    bool IsStoreFull,
    bool IsCaughtUp,
    bool AcceptsWrites);
