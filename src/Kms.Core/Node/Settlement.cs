using System.Diagnostics.CodeAnalysis;
using Kms.Core.Audit;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Core.Replication;
using Kms.Core.Secrets;
using Kms.Core.Supervision;

namespace Kms.Core.Node;

/// <summary>
/// The one place that moves secrets and readiness: brings both in line with the newest view of the chain. No I/O; everything
/// under one lock, so that a deep reorganisation and a turn of the loop never interleave.
/// </summary>
internal sealed class Settlement(NodeParts parts, KmsNodeOptions options, ReadinessGate gate)
{
    /// <summary>A decision can enable the next one (restore, activate; generate, propose): bounded, the rest waits for the next turn.</summary>
    public const int MaxRounds = 4;

    private readonly object _moves = new();
    private readonly EndOfInstance _end = new();
    private ChainView? _seen;
    private TwoViews<WalletFacts>? _self;
    private bool _deepReorg;
    private bool _stopping;

    /// <summary>
    /// Takes the newest view in. An error in doing so leaves nothing served: what the chain took away may not have been taken in.
    /// </summary>
    /// <returns>True when the view says something new.</returns>
    public bool Settle()
    {
        bool changed = false;
        if (!parts.Errors.Guard(WorkUnit.Settling, () => changed = SettleNow()))
        {
            gate.MoveTo(new Readiness.NotReady(NotReadyReason.InternalError, "the newest view could not be taken in"));
            parts.Replication.Publish(null);
        }

        return changed;
    }

    /// <summary>The app registry's records of this node's own wallet, read when it is not on the list; null when it is.</summary>
    public void NoteSelf(TwoViews<WalletFacts>? self)
    {
        lock (_moves)
        {
            _self = self;
        }
    }

    /// <summary>The chain below the final pin changed: nothing that was concluded from it stands (design §4).</summary>
    public void StartOver(BlockRef lost, BlockRef found)
    {
        lock (_moves)
        {
            parts.Membership.Drop();
            parts.Cache.Clear();
            parts.Transactor.ForgetReceipts();
            _deepReorg = true;
            _end.Forget();
            _self = null;
            _seen = null;
            parts.Audit.Record(AuditKind.DeepReorg, $"lost {lost}, found {found}");
            foreach (var held in parts.Secrets.QuarantineAll(forgetProposals: true))
            {
                parts.Audit.Record(AuditKind.SecretQuarantined, $"epoch {held.Epoch} hash {held.Hash}: {QuarantineReason.DeepReorg}");
            }

            gate.MoveTo(ReadinessRule.Evaluate(Facts(null)));
            parts.Replication.Publish(null);
        }
    }

    public void Stop()
    {
        lock (_moves)
        {
            _stopping = true;
            gate.MoveTo(ReadinessRule.Evaluate(Facts(parts.Membership.Known)));
            parts.Replication.Publish(null);
        }
    }

    public IReadOnlyList<SecretDecision> Decide(ChainView view) => SecretDecisions.Decide(new SecretSituation(
        view, StalenessOf(view) is null, parts.Identity.Wallet, parts.Secrets.Held, parts.Transactor.Minable, _end.HasStood,
        options.FinalityDepthBlocks));

    /// <summary>Whether this node is in a position to do anything about secrets and peers: judged by the rule of readiness itself.</summary>
    public bool MayAct([NotNullWhen(true)] out ChainView? view)
    {
        lock (_moves)
        {
            view = parts.Membership.Known;
            return view is not null && MayActAt(view);
        }
    }

    /// <summary>
    /// Whether this instance is all that a member must be at both views, only not on the list: its registration's callback was
    /// lost, or somebody removed it by mistake.
    /// </summary>
    public bool IsUnlisted([NotNullWhen(true)] out ChainView? view)
    {
        lock (_moves)
        {
            view = parts.Membership.Known;
            return view is not null && StalenessOf(view) is null && parts.Odyn.Health == OdynHealth.Good && !_deepReorg
                && _self is { } self
                && PeerAuthorizer.IsMemberButForTheList(view.AtFinal, self.AtFinal, parts.Identity.Wallet)
                && PeerAuthorizer.IsMemberButForTheList(view.AtLatest, self.AtLatest, parts.Identity.Wallet);
        }
    }

    private bool MayActAt(ChainView view) => parts.Time.IsSet && ReadinessRule.Evaluate(Facts(view)) switch
    {
        Readiness.Ready => true,
        Readiness.NotReady not => not.Reason is NotReadyReason.NoEpoch or NotReadyReason.Unfunded or NotReadyReason.Misconfigured
            or NotReadyReason.AwaitingProposal or NotReadyReason.AwaitingConfirmations or NotReadyReason.FetchingSecret
            or NotReadyReason.SecretQuarantined or NotReadyReason.StoreFull or NotReadyReason.Isolated,
        _ => false,
    };

    private bool SettleNow()
    {
        lock (_moves)
        {
            var view = parts.Membership.Known;
            bool changed = view is not null && ViewChange.Matters(_seen, view);
            _seen = view;
            if (view is not null && parts.Time.IsSet && !_stopping)
            {
                _deepReorg = false;
                _end.Observe(IsEnded(view), StalenessOf(view) is null, parts.Time.NowMs);
                if (view.AtFinal.Kms.Proposal is { } proposal)
                {
                    parts.Secrets.MarkProposed(proposal.Hash);
                }

                for (int round = 0; round < MaxRounds && ApplyAll(Decide(view)); round++)
                {
                }
            }

            gate.MoveTo(ReadinessRule.Evaluate(Facts(view)));
            parts.Replication.Publish(MembersAt(view));
            return changed;
        }
    }

    /// <summary>Whom replication may talk to; null while this node is in no position to talk to anybody.</summary>
    private ReplicationMembers? MembersAt(ChainView? view)
    {
        Epoch[] usable = [.. parts.Secrets.Held.Where(held => held.State == SecretState.Active).Select(held => held.Epoch).OrderDescending()];
        if (view is null || usable.Length == 0 || !MayActAt(view))
        {
            return null;
        }

        // The newest, then the default, which every member should have, then the others.
        Epoch[] epochs = [usable[0], .. usable[1..].OrderByDescending(epoch => epoch == view.AtFinal.Kms.DefaultEpoch)];
        return new ReplicationMembers([.. PeerAuthorizer.Members(view).Where(peer => peer.Wallet != parts.Identity.Wallet)], epochs);
    }

    /// <summary>What the final view says of this very instance; null when it says nothing.</summary>
    private bool? IsEnded(ChainView view)
    {
        var self = parts.Identity.Wallet;
        var kmsApp = view.AtFinal.Kms.KmsApp;
        return view.AtFinal.Operators.FirstOrDefault(one => one.Wallet == self) is { Instance: not null } listed
            ? EndOfInstance.IsEnded(self, kmsApp, listed.Instance, listed.Version)
            : _self?.AtFinal is { Instance: not null } facts ? EndOfInstance.IsEnded(self, kmsApp, facts.Instance, facts.Version) : null;
    }

    private HeadStaleness? StalenessOf(ChainView view) => parts.Heads.StalenessOf(new ChainHeads(view.Final, view.Latest));

    private bool ApplyAll(IReadOnlyList<SecretDecision> decisions)
    {
        bool any = false;
        foreach (var decision in decisions)
        {
            any |= Apply(decision);
        }

        return any;
    }

    /// <summary>Carries out what needs no I/O; false for everything else.</summary>
    private bool Apply(SecretDecision decision)
    {
        switch (decision)
        {
            case SecretDecision.Activate one:
                parts.Secrets.Activate(one.Epoch, one.Hash);
                parts.Audit.Record(AuditKind.SecretActivated, $"epoch {one.Epoch} hash {one.Hash}");
                return true;
            case SecretDecision.Quarantine one:
                parts.Secrets.Quarantine(one.Epoch, one.Hash);
                parts.Audit.Record(AuditKind.SecretQuarantined, $"epoch {one.Epoch} hash {one.Hash}: {one.Reason}");
                return true;
            case SecretDecision.Restore { To: SecretState.Active } one:
                parts.Secrets.Activate(one.Epoch, one.Hash);
                parts.Audit.Record(AuditKind.SecretRestored, $"epoch {one.Epoch} hash {one.Hash}");
                return true;
            case SecretDecision.Restore one:
                parts.Secrets.RestoreCandidate(one.Epoch, one.Hash);
                parts.Audit.Record(AuditKind.SecretCandidateAgain, $"epoch {one.Epoch} hash {one.Hash}");
                return true;
            case SecretDecision.Destroy one:
                parts.Secrets.Destroy(one.Epoch, one.Hash);
                parts.Audit.Record(AuditKind.SecretDestroyed, $"epoch {one.Epoch} hash {one.Hash}: {one.Reason}");
                return true;
            default:
                return false;
        }
    }

    private ReadinessFacts Facts(ChainView? view) => new(
        _stopping,
        parts.Odyn.Health,
        _deepReorg,
        view,
        view is null ? null : StalenessOf(view),
        parts.Identity.Wallet,
        parts.Odyn.Measurement,
        options.FinalityDepthBlocks,
        parts.Secrets.Held,
        parts.Transactor.Unfunded,
        parts.Store.IsOverfull);
}
