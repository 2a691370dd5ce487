using System.Diagnostics.CodeAnalysis;
using Kms.Core.Audit;
using Kms.Core.Membership;
using Kms.Core.Node.Chain;
using Kms.Core.Node.Serving;
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
internal sealed class Settlement(
    NodeFacts facts,
    ReadinessGate gate,
    MembershipWatch membership,
    RegistryCache cache,
    SecretRing secrets,
    Transactor transactor,
    ReplicationLoop replication,
    AuditLog audit,
    InternalErrors errors)
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
    /// The one value, as of this moment: by time alone a node is cut off from its peers between two turns of the loop, and it
    /// catches up in another loop.
    /// </summary>
    public Readiness Current
    {
        get
        {
            bool stands = gate.Current is not Readiness.Ready ready
                || ((ready.ReadsRefused is null) == facts.IsCaughtUp && (ready.WritesRefused is null) == facts.AcceptsWrites);
            if (!stands)
            {
                lock (_moves)
                {
                    gate.MoveTo(Evaluate(_seen));
                }
            }

            return gate.Current;
        }
    }

    /// <summary>
    /// Takes the newest view in. An error in doing so leaves nothing served: what the chain took away may not have been taken in.
    /// </summary>
    /// <returns>True when the view says something new.</returns>
    public bool Settle()
    {
        bool changed = false;
        if (!errors.Guard(WorkUnit.Settling, () => changed = SettleNow()))
        {
            gate.MoveTo(new Readiness.NotReady(NotReadyReason.InternalError, "the newest view could not be taken in"));
            replication.Publish(null);
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
            membership.Drop();
            cache.Clear();
            transactor.ForgetReceipts();
            _deepReorg = true;
            _end.Forget();
            _self = null;
            _seen = null;
            audit.Record(AuditKind.DeepReorg, $"lost {lost}, found {found}");
            foreach (var held in secrets.QuarantineAll(forgetProposals: true))
            {
                audit.Record(AuditKind.SecretQuarantined, $"epoch {held.Epoch} hash {held.Hash}: {QuarantineReason.DeepReorg}");
            }

            gate.MoveTo(Evaluate(null));
            replication.Publish(null);
        }
    }

    public void Stop()
    {
        lock (_moves)
        {
            _stopping = true;
            gate.MoveTo(Evaluate(membership.Known));
            replication.Publish(null);
        }
    }

    public IReadOnlyList<SecretDecision> Decide(ChainView view) => SecretDecisions.Decide(new SecretSituation(
        view, facts.IsFresh(view), facts.Self, secrets.Held, transactor.Minable, _end.HasStood,
        facts.FinalityDepthBlocks));

    /// <summary>Whether this node is in a position to do anything about secrets and peers: judged by the rule of readiness itself.</summary>
    public bool MayAct([NotNullWhen(true)] out ChainView? view)
    {
        lock (_moves)
        {
            view = membership.Known;
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
            view = membership.Known;
            return view is not null && facts.IsFresh(view) && facts.IsOdynGood && !_deepReorg
                && _self is { } self
                && PeerAuthorizer.IsMemberButForTheList(view.AtFinal, self.AtFinal, facts.Self)
                && PeerAuthorizer.IsMemberButForTheList(view.AtLatest, self.AtLatest, facts.Self);
        }
    }

    private bool MayActAt(ChainView view) => facts.NowMs is not null && Evaluate(view) switch
    {
        Readiness.Ready => true,
        Readiness.NotReady not => NotReadyReasons.Of(not.Reason).StillDoes == StillDoes.Acts,
        _ => false,
    };

    private bool SettleNow()
    {
        lock (_moves)
        {
            var view = membership.Known;
            bool changed = view is not null && ViewChange.Matters(_seen, view);
            _seen = view;
            if (view is not null && facts.NowMs is { } nowMs && !_stopping)
            {
                _deepReorg = false;
                _end.Observe(IsEnded(view), facts.IsFresh(view), nowMs);
                if (view.AtFinal.Kms.Proposal is { } proposal)
                {
                    secrets.MarkProposed(proposal.Hash);
                }

                for (int round = 0; round < MaxRounds && ApplyAll(Decide(view)); round++)
                {
                }
            }

            gate.MoveTo(Evaluate(view));
            replication.Publish(MembersAt(view));
            return changed;
        }
    }

    /// <summary>Whom replication may talk to; null while this node is in no position to talk to anybody.</summary>
    private ReplicationMembers? MembersAt(ChainView? view)
    {
        Epoch[] usable = [.. secrets.Held.Where(held => held.State == SecretState.Active).Select(held => held.Epoch).OrderDescending()];
        if (view is null || usable.Length == 0 || !MayActAt(view))
        {
            return null;
        }

        // The newest, then the default, which every member should have, then the others.
        Epoch[] epochs = [usable[0], .. usable[1..].OrderByDescending(epoch => epoch == view.AtFinal.Kms.DefaultEpoch)];
        return new ReplicationMembers([.. PeerAuthorizer.Members(view).Where(peer => peer.Wallet != facts.Self)], epochs);
    }

    /// <summary>What the final view says of this very instance; null when it says nothing.</summary>
    private bool? IsEnded(ChainView view)
    {
        var self = facts.Self;
        var kmsApp = view.AtFinal.Kms.KmsApp;
        return view.AtFinal.Operators.FirstOrDefault(one => one.Wallet == self) is { Instance: not null } listed
            ? EndOfInstance.IsEnded(self, kmsApp, listed.Instance, listed.Version)
            : _self?.AtFinal is { Instance: not null } unlisted ? EndOfInstance.IsEnded(self, kmsApp, unlisted.Instance, unlisted.Version) : null;
    }

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
                secrets.Activate(one.Epoch, one.Hash);
                audit.Record(AuditKind.SecretActivated, $"epoch {one.Epoch} hash {one.Hash}");
                return true;
            case SecretDecision.Quarantine one:
                secrets.Quarantine(one.Epoch, one.Hash);
                audit.Record(AuditKind.SecretQuarantined, $"epoch {one.Epoch} hash {one.Hash}: {one.Reason}");
                return true;
            case SecretDecision.Restore { To: SecretState.Active } one:
                secrets.Activate(one.Epoch, one.Hash);
                audit.Record(AuditKind.SecretRestored, $"epoch {one.Epoch} hash {one.Hash}");
                return true;
            case SecretDecision.Restore one:
                secrets.RestoreCandidate(one.Epoch, one.Hash);
                audit.Record(AuditKind.SecretCandidateAgain, $"epoch {one.Epoch} hash {one.Hash}");
                return true;
            case SecretDecision.Destroy one:
                secrets.Destroy(one.Epoch, one.Hash);
                audit.Record(AuditKind.SecretDestroyed, $"epoch {one.Epoch} hash {one.Hash}: {one.Reason}");
                return true;
            default:
                return false;
        }
    }

    private Readiness Evaluate(ChainView? view) => ReadinessRule.Evaluate(facts.At(view, _stopping, _deepReorg));
}
