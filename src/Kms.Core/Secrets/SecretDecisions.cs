using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Core.Secrets;

/// <summary>
/// What to do about secrets, as a pure function of what is held and what the chain shows (design §4, §6). Grant slow: a step
/// forward needs both views. Revoke fast: either view stops the use. Destroying is another matter: only the final view can.
/// </summary>
internal static class SecretDecisions
{
    /// <summary>
    /// What ends the use of a held secret before what begins one, so that there is room for it; then what is missing. Within
    /// each, ordered by epoch and hash.
    /// </summary>
    public static IReadOnlyList<SecretDecision> Decide(SecretSituation situation)
    {
        var self = PeerAuthorizer.Authorize(situation.View, situation.Self).GetValueOrDefault();
        var superseded = YoungSuperseded(situation);
        var decisions = new List<SecretDecision>();
        foreach (var held in situation.Held.OrderBy(one => one.Epoch).ThenBy(one => one.Hash))
        {
            Invariant.Require(held.State != SecretState.Destroyed);
            if (OnHeld(situation, held, self is not null, superseded.Contains(held)) is { } decision)
            {
                decisions.Add(decision);
            }
        }

        decisions = [.. decisions.OrderBy(Rank)];
        decisions.AddRange(self is null ? [new SecretDecision.Wait(WaitReason.NotAMember)] : OnMissing(situation, self));
        return decisions;
    }

    /// <summary>
    /// The registry's proposals must live longer than three times the finality depth, or none can be confirmed at both views in
    /// time. It stops proposing and nothing else.
    /// </summary>
    public static bool ProposalsLiveLongEnough(ChainView view, ulong finalityDepthBlocks) =>
        view.AtLatest.Kms.ProposalBlocks >= LeastProposalBlocks(finalityDepthBlocks);

    /// <summary>A proposal must become final, be confirmed, and that be final too, before it expires.</summary>
    public static ulong LeastProposalBlocks(ulong finalityDepthBlocks) => checked((finalityDepthBlocks * 3) + 1);

    /// <summary>Both views show the hash active for the epoch and not retired.</summary>
    public static bool IsActiveAtBoth(ChainView view, Epoch epoch, Bytes32 hash) =>
        IsActive(view.AtFinal.Kms, epoch, hash) && IsActive(view.AtLatest.Kms, epoch, hash);

    /// <summary>All epochs that are active at both views, in the registry's order.</summary>
    public static EpochRecord[] ActiveAtBoth(ChainView view) =>
        [.. view.AtFinal.Kms.Epochs.Where(record => IsActiveAtBoth(view, record.Epoch, record.Hash))];

    /// <summary>Both views show the same open proposal of the hash for the epoch.</summary>
    public static bool IsOpenAtBoth(ChainView view, Epoch epoch, Bytes32 hash) =>
        IsOpen(view.AtFinal.Kms, epoch, hash) && IsOpen(view.AtLatest.Kms, epoch, hash)
        && view.AtFinal.Kms.Proposal!.Id == view.AtLatest.Kms.Proposal!.Id;

    private static int Rank(SecretDecision decision) => decision switch
    {
        SecretDecision.Destroy => 0,
        SecretDecision.Quarantine => 1,
        _ => 2,
    };

    /// <summary>
    /// Secrets whose epoch the final view gives to another hash, while that activation is young: a reorganisation deeper than
    /// finality can turn winner and loser round, and the loser's proposal lies in every mempool
    /// (docs/adr/0008-losers-are-kept-for-a-while.md). The newest epochs' only, up to their limit.
    /// </summary>
    private static HashSet<HeldSecret> YoungSuperseded(SecretSituation situation)
    {
        var final = situation.View.AtFinal;
        return [.. situation.Held
            .Where(held => SupersededBy(final.Kms, held) is { } winner && IsYoung(final.At.Number, winner.ActivatedAtBlock))
            .OrderByDescending(held => held.WasActive)
            .ThenByDescending(held => held.Epoch)
            .ThenBy(held => held.Hash)
            .Take(Limits.MaxSupersededSecrets)];
    }

    /// <summary>The unretired epoch that another secret has, or null.</summary>
    private static EpochRecord? SupersededBy(KmsState final, HeldSecret held) =>
        final.Find(held.Epoch) is { Retired: false } record && record.Hash != held.Hash ? record : null;

    private static bool IsYoung(ulong block, ulong activatedAt) => block < activatedAt || block - activatedAt < Limits.SupersededKeptBlocks;

    private static SecretDecision? OnHeld(SecretSituation situation, HeldSecret held, bool isMember, bool isYoungSuperseded)
    {
        var view = situation.View;
        if (ReasonToDestroy(situation, held, isYoungSuperseded) is { } end)
        {
            return new SecretDecision.Destroy(held.Epoch, held.Hash, end);
        }

        bool usable = isMember && IsActiveAtBoth(view, held.Epoch, held.Hash);
        return held.State switch
        {
            SecretState.Candidate when usable => new SecretDecision.Activate(held.Epoch, held.Hash),
            SecretState.Active when !usable =>
                new SecretDecision.Quarantine(held.Epoch, held.Hash, ReasonToQuarantine(view, held, isMember)),
            SecretState.Quarantined when usable => new SecretDecision.Restore(held.Epoch, held.Hash, SecretState.Active),
            SecretState.Quarantined when isMember && CanBeCandidate(view, held) =>
                new SecretDecision.Restore(held.Epoch, held.Hash, SecretState.Candidate),
            _ => null,
        };
    }

    private static DestroyReason? ReasonToDestroy(SecretSituation situation, HeldSecret held, bool isYoungSuperseded)
    {
        if (!situation.IsFresh)
        {
            return null;
        }

        var final = situation.View.AtFinal.Kms;
        var latest = situation.View.AtLatest.Kms;
        if (final.Find(held.Epoch) is { } settled)
        {
            // The chain has decided about this epoch: the only question left is whether it decided for this secret.
            return settled.Retired ? DestroyReason.EpochRetired
                : settled.Hash != held.Hash && !isYoungSuperseded ? DestroyReason.AnotherHashActive
                : ReasonByEnd(situation);
        }

        bool proposed = held.ProposedAtFinal || final.Proposal?.Hash == held.Hash;
        bool alive = IsOpen(final, held.Epoch, held.Hash) || IsOpen(latest, held.Epoch, held.Hash) || IsActive(latest, held.Epoch, held.Hash);
        bool minable = situation.Minable.Any(call => call.Hash == held.Hash);
        if (held.WasActive || alive || minable)
        {
            return ReasonByEnd(situation);
        }

        bool unknown = latest.Proposal?.Hash != held.Hash && held.State == SecretState.Candidate;
        return proposed ? DestroyReason.ProposalExpired
            : unknown && held.Rejections >= Limits.MaxProposeRejections ? DestroyReason.NeverProposed
            : ReasonByEnd(situation);
    }

    private static DestroyReason? ReasonByEnd(SecretSituation situation) => situation.HasEnded ? DestroyReason.InstanceEnded : null;

    private static QuarantineReason ReasonToQuarantine(ChainView view, HeldSecret held, bool isMember)
    {
        bool retired = view.AtLatest.Kms.Find(held.Epoch) is { Retired: true } || view.AtFinal.Kms.Find(held.Epoch) is { Retired: true };
        return retired ? QuarantineReason.Retired
            : !IsActive(view.AtLatest.Kms, held.Epoch, held.Hash) ? QuarantineReason.NotActiveAtLatest
            : !IsActive(view.AtFinal.Kms, held.Epoch, held.Hash) ? QuarantineReason.NotActiveAtFinal
            : QuarantineReason.NotAMember;
    }

    /// <summary>A reorg took the activation back: the secret can be confirmed by others, or proposed, once more.</summary>
    private static bool CanBeCandidate(ChainView view, HeldSecret held) =>
        IsOpen(view.AtLatest.Kms, held.Epoch, held.Hash) || (!held.ProposedAtFinal && WantedAtBoth(view) == held.Epoch);

    private static List<SecretDecision> OnMissing(SecretSituation situation, VerifiedPeer self)
    {
        var decisions = new List<SecretDecision>();
        // The next epoch first: a rotation must not wait for epochs that nobody may hold any more.
        if (OnNextEpoch(situation, self) is { } next)
        {
            decisions.Add(next);
        }

        foreach (var record in MissingEpochs(situation))
        {
            decisions.Add(self.MayReceiveSecrets
                ? new SecretDecision.Fetch(record.Epoch, record.Hash, IsNext: false, Sources(situation, record.Proposer))
                : new SecretDecision.Wait(WaitReason.NotEligible));
        }

        return decisions;
    }

    /// <summary>Epochs that are active at both views and whose secret is not here: the default first, then the newest.</summary>
    private static IEnumerable<EpochRecord> MissingEpochs(SecretSituation situation)
    {
        var kms = situation.View.AtLatest.Kms;
        return kms.Epochs
            .Where(record => IsActiveAtBoth(situation.View, record.Epoch, record.Hash))
            .Where(record => !situation.Held.Any(held => held.Epoch == record.Epoch && held.Hash == record.Hash))
            .OrderByDescending(record => record.Epoch == kms.DefaultEpoch)
            .ThenByDescending(record => record.Epoch);
    }

    private static SecretDecision? OnNextEpoch(SecretSituation situation, VerifiedPeer self)
    {
        var (final, latest) = (situation.View.AtFinal.Kms, situation.View.AtLatest.Kms);
        if (!final.NextEpochWanted && !latest.NextEpochWanted && final.Epochs.Count == latest.Epochs.Count)
        {
            return null;
        }

        if (!self.MayReceiveSecrets)
        {
            return new SecretDecision.Wait(WaitReason.NotEligible);
        }

        if (latest.Proposal is { IsOpen: true } open && IsOpenAtBoth(situation.View, open.Epoch, open.Hash))
        {
            return OnOpenProposal(situation, open);
        }

        bool anyOpen = final.Proposal is { IsOpen: true } || latest.Proposal is { IsOpen: true };
        return anyOpen || WantedAtBoth(situation.View) is not { } wanted
            ? new SecretDecision.Wait(WaitReason.Finality)
            : OnWanted(situation, wanted);
    }

    private static SecretDecision OnOpenProposal(SecretSituation situation, ProposalRecord open)
    {
        var held = situation.Held.FirstOrDefault(one => one.Epoch == open.Epoch && one.Hash == open.Hash);
        if (held is null)
        {
            return new SecretDecision.Fetch(open.Epoch, open.Hash, IsNext: true, Sources(situation, open.Proposer));
        }

        return situation.View.AtLatest.Self.HasConfirmed
            ? new SecretDecision.Wait(WaitReason.Confirmations)
            : new SecretDecision.Confirm(open.Id, open.Epoch, open.Hash);
    }

    private static SecretDecision OnWanted(SecretSituation situation, Epoch wanted)
    {
        var (final, latest) = (situation.View.AtFinal, situation.View.AtLatest);
        if (final.Kms.ProposalsPaused || latest.Kms.ProposalsPaused)
        {
            return new SecretDecision.Wait(WaitReason.ProposalsPaused);
        }

        if (!ProposalsLiveLongEnough(situation.View, situation.FinalityDepthBlocks))
        {
            return new SecretDecision.Wait(WaitReason.ProposalsTooShort);
        }

        // The next block is the first that can take a proposal.
        ulong barredUntil = Math.Max(final.Self.BarredUntilBlock, latest.Self.BarredUntilBlock);
        if (barredUntil > latest.At.Number + 1)
        {
            return new SecretDecision.Wait(WaitReason.Barred);
        }

        var candidate = situation.Held
            .Where(held => held.Epoch == wanted && held.State == SecretState.Candidate)
            .Where(held => !IsSpent(situation.View, held))
            .OrderBy(held => held.Hash)
            .FirstOrDefault();
        if (candidate is null)
        {
            int kept = situation.Held.Count(held => !held.WasActive
                && !IsActiveAtBoth(situation.View, held.Epoch, held.Hash) && SupersededBy(final.Kms, held) is null);
            return kept >= Limits.MaxCandidateSecrets
                ? new SecretDecision.Wait(WaitReason.TooManyCandidates)
                : new SecretDecision.Generate(wanted);
        }

        return new SecretDecision.Propose(wanted, candidate.Hash);
    }

    /// <summary>The registry takes no hash twice: a candidate whose proposal closed, or that was refused again and again, is of no more use.</summary>
    private static bool IsSpent(ChainView view, HeldSecret held) =>
        held.ProposedAtFinal
        || held.Rejections >= Limits.MaxProposeRejections
        || view.AtFinal.Kms.Proposal?.Hash == held.Hash
        || view.AtLatest.Kms.Proposal?.Hash == held.Hash;

    /// <summary>The next epoch, when both views want the same one.</summary>
    private static Epoch? WantedAtBoth(ChainView view)
    {
        var (final, latest) = (view.AtFinal.Kms, view.AtLatest.Kms);
        return final.NextEpochWanted && latest.NextEpochWanted && final.Epochs.Count == latest.Epochs.Count
            ? Epoch.From((ulong)latest.Epochs.Count + 1)
            : null;
    }

    /// <summary>The proposer first, then the other members after this node's wallet, so that not all nodes ask the same one.</summary>
    private static IReadOnlyList<VerifiedPeer> Sources(SecretSituation situation, WalletAddress proposer)
    {
        var members = PeerAuthorizer.Members(situation.View).Where(peer => peer.Wallet != situation.Self);
        return [.. members
            .OrderByDescending(peer => peer.Wallet == proposer)
            .ThenByDescending(peer => peer.Wallet > situation.Self)
            .ThenBy(peer => peer.Wallet)];
    }

    private static bool IsActive(KmsState kms, Epoch epoch, Bytes32 hash) =>
        kms.Find(epoch) is { Retired: false } record && record.Hash == hash;

    private static bool IsOpen(KmsState kms, Epoch epoch, Bytes32 hash) =>
        kms.Proposal is { IsOpen: true } proposal && proposal.Epoch == epoch && proposal.Hash == hash;
}

/// <summary>One thing to do about a secret. <see cref="SecretDecisions.Decide"/> says which.</summary>
internal abstract record SecretDecision
{
    private SecretDecision()
    {
    }

    /// <summary>Draw a new secret as candidate of the epoch.</summary>
    internal sealed record Generate(Epoch Epoch) : SecretDecision;

    internal sealed record Propose(Epoch Epoch, Bytes32 Hash) : SecretDecision;

    internal sealed record Confirm(ulong ProposalId, Epoch Epoch, Bytes32 Hash) : SecretDecision;

    /// <summary>Ask the peers, in this order, until one hands over a secret with this hash.</summary>
    /// <param name="IsNext">The epoch is proposed, not active yet: a rotation waits for it.</param>
    internal sealed record Fetch(Epoch Epoch, Bytes32 Hash, bool IsNext, IReadOnlyList<VerifiedPeer> From) : SecretDecision;

    /// <summary>Its hash is active at both views: from now on it may be used.</summary>
    internal sealed record Activate(Epoch Epoch, Bytes32 Hash) : SecretDecision;

    internal sealed record Quarantine(Epoch Epoch, Bytes32 Hash, QuarantineReason Reason) : SecretDecision;

    /// <summary>Out of quarantine: to Active when both views show it active, to Candidate when it can be proposed or confirmed (again).</summary>
    internal sealed record Restore(Epoch Epoch, Bytes32 Hash, SecretState To) : SecretDecision;

    internal sealed record Destroy(Epoch Epoch, Bytes32 Hash, DestroyReason Reason) : SecretDecision;

    internal sealed record Wait(WaitReason Reason) : SecretDecision;
}

/// <summary>What a node without anything to do about an epoch waits for.</summary>
internal enum WaitReason
{
    NotAMember,

    /// <summary>A member, but its version is not ENROLLED: it never proposes, confirms or receives.</summary>
    NotEligible,

    /// <summary>The views differ in what they show: the final one has to catch up.</summary>
    Finality,
    Confirmations,
    ProposalsPaused,

    /// <summary>A proposal would expire before it could be confirmed at both views: <c>proposalBlocks</c> is too small.</summary>
    ProposalsTooShort,
    Barred,

    /// <summary>As many candidates are kept as <see cref="Limits.MaxCandidateSecrets"/> allows.</summary>
    TooManyCandidates,
}

/// <summary>Everything that decisions about secrets depend on.</summary>
/// <param name="IsFresh">Neither view is stale. A stale one can stop a use, and destroys nothing.</param>
/// <param name="Held">The ring, destroyed entries left out.</param>
/// <param name="Minable">Our own calls that may still be mined.</param>
/// <param name="HasEnded">This very instance was ended by the platform long enough ago: <see cref="EndOfInstance.HasStood"/>.</param>
/// <param name="FinalityDepthBlocks">Blocks between the views; proposals that live too short for them are not made.</param>
internal sealed record SecretSituation(
    ChainView View,
    bool IsFresh,
    WalletAddress Self,
    IReadOnlyList<HeldSecret> Held,
    IReadOnlyList<MinableCall> Minable,
    bool HasEnded,
    ulong FinalityDepthBlocks);

/// <summary>A transaction or signed statement of ours that may still be mined.</summary>
/// <param name="ProposalId">Zero for a proposal.</param>
internal sealed record MinableCall(Bytes32 Hash, ulong ProposalId);
