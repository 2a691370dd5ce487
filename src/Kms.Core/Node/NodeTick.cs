using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Secrets;

namespace Kms.Core.Node;

/// <summary>
/// The node's one loop. Each turn looks at the chain, moves secrets and readiness at once, and starts the slower work (Odyn,
/// transactions, handovers, replication, probes) when it is due; neither ever overlaps itself, both may run at any time and
/// any number of times.
/// </summary>
internal sealed class NodeTick(NodeParts parts, KmsNodeOptions options, ReadinessGate gate)
{
    // A decision can enable the next one (generate, propose; install, activate): bounded, the rest waits for the next turn.
    private const int MaxRounds = 4;

    // Guards everything that moves a secret or readiness, so that a deep reorg and a turn never interleave.
    private readonly object _moves = new();
    private TaskCompletionSource _wake = NewWake();
    private Task _work = Task.CompletedTask;
    private Task _push = Task.CompletedTask;
    private ChainView? _seen;
    private bool _pushWanted;
    private bool _deepReorg;
    private bool _stopping;
    private long? _expelledSinceMs;
    private TimeSpan _nextWorkAt = TimeSpan.MinValue;
    private int _retries;

    /// <summary>Runs until cancelled. Ends when its work has ended.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        parts.Heads.OnDeepReorg = StartOver;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await TurnAsync(stop);
                await PauseAsync(stop);
            }
        }
        finally
        {
            Stop();
            await EndAsync(_work, stop);
            await EndAsync(_push, stop);
        }
    }

    /// <summary>Asks for a push of new records soon; does not wait.</summary>
    public void RequestPush()
    {
        TaskCompletionSource wake;
        lock (_moves)
        {
            _pushWanted = true;
            wake = _wake;
        }

        wake.TrySetResult();
    }

    private async Task TurnAsync(CancellationToken stop)
    {
        await parts.Heads.RefreshAsync();
        await parts.Membership.CurrentAsync();
        bool changed = Settle();
        if (_work.IsCompleted)
        {
            await _work;
            if (changed || parts.Clock.Elapsed >= _nextWorkAt)
            {
                _work = WorkAsync(stop);
            }
        }

        if (_push.IsCompleted)
        {
            await _push;
            StartPush(stop);
        }
    }

    /// <summary>Brings secrets and readiness in line with the newest view; no I/O. True when the view says something new.</summary>
    private bool Settle()
    {
        lock (_moves)
        {
            var view = parts.Membership.Known;
            bool changed = view is not null && ViewChange.Matters(_seen, view);
            _seen = view;
            if (view is not null && parts.Time.IsSet && !_stopping)
            {
                _deepReorg = false;
                TrackExpulsion(view);
                if (view.AtFinal.Kms.Proposal is { } proposal)
                {
                    parts.Secrets.MarkProposed(proposal.Hash);
                }

                for (int round = 0; round < MaxRounds && ApplyAll(Decide(view)); round++)
                {
                }
            }

            gate.MoveTo(ReadinessRule.Evaluate(Facts(view)));
            return changed;
        }
    }

    private IReadOnlyList<SecretDecision> Decide(ChainView view) => SecretDecisions.Decide(new SecretSituation(
        view, parts.Identity.Wallet, parts.Secrets.Held, parts.Transactor.Minable, _expelledSinceMs, parts.Time.NowMs));

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
                parts.Audit.Record("secret_activated", $"epoch {one.Epoch} hash {one.Hash}");
                return true;
            case SecretDecision.Quarantine one:
                parts.Secrets.Quarantine(one.Epoch, one.Hash);
                parts.Audit.Record("secret_quarantined", $"epoch {one.Epoch} hash {one.Hash}: {one.Reason}");
                return true;
            case SecretDecision.Restore { To: SecretState.Active } one:
                parts.Secrets.Activate(one.Epoch, one.Hash);
                parts.Audit.Record("secret_restored", $"epoch {one.Epoch} hash {one.Hash}");
                return true;
            case SecretDecision.Restore one:
                parts.Secrets.RestoreCandidate(one.Epoch, one.Hash);
                parts.Audit.Record("secret_candidate_again", $"epoch {one.Epoch} hash {one.Hash}");
                return true;
            case SecretDecision.Destroy one:
                parts.Secrets.Destroy(one.Epoch, one.Hash);
                parts.Audit.Record("secret_destroyed", $"epoch {one.Epoch} hash {one.Hash}: {one.Reason}");
                return true;
            default:
                return false;
        }
    }

    private void TrackExpulsion(ChainView view) =>
        _expelledSinceMs = SecretDecisions.IsExpelled(view.AtFinal, parts.Identity.Wallet)
            ? _expelledSinceMs ?? parts.Time.NowMs
            : null;

    private ReadinessFacts Facts(ChainView? view) => new(
        _stopping,
        parts.Odyn.Health,
        _deepReorg,
        view,
        view is not null && parts.Heads.IsStale(new ChainHeads(view.Final, view.Latest)),
        parts.Identity.Wallet,
        parts.Odyn.Measurement,
        options.FinalityDepthBlocks,
        parts.Secrets.Held,
        parts.Transactor.Unfunded,
        parts.Store.IsOverfull);

    /// <summary>The chain below the final pin changed: nothing that was concluded from it stands (design §4).</summary>
    private void StartOver(BlockRef lost, BlockRef found)
    {
        lock (_moves)
        {
            parts.Membership.Drop();
            parts.Cache.Clear();
            parts.Transactor.ForgetReceipts();
            _deepReorg = true;
            _expelledSinceMs = null;
            _seen = null;
            parts.Audit.Record("deep_reorg", $"lost {lost}, found {found}");
            foreach (var held in parts.Secrets.QuarantineAll(forgetProposals: true))
            {
                parts.Audit.Record("secret_quarantined", $"epoch {held.Epoch} hash {held.Hash}: {QuarantineReason.DeepReorg}");
            }

            gate.MoveTo(ReadinessRule.Evaluate(Facts(null)));
        }
    }

    private async Task WorkAsync(CancellationToken stop)
    {
        if (IsMeasurementDisputed())
        {
            parts.Odyn.Doubt();
        }

        await parts.Odyn.CheckAsync(stop);
        Settle();
        bool unfinished = true;
        if (MayAct(out var view))
        {
            await parts.Transactor.RefreshAsync(view, stop);
            unfinished = await CarryOutAsync(stop);
            await ReplicateAsync(view, stop);
            if (gate.Current is Readiness.Ready ready)
            {
                parts.Store.Reseal(ready.CurrentEpoch);
            }

            var members = PeerAuthorizer.Members(view);
            parts.Limiter.KeepOnly(members.Select(peer => peer.Instance.Id).ToHashSet());
            await parts.Probes.RunAsync(members, stop);
        }

        // Unfinished business is tried again soon, then ever less often; the rest waits for the next tick.
        _retries = unfinished ? Math.Min(_retries + 1, 16) : 0;
        double waitMs = unfinished ? Math.Min(options.TickMs, options.HeadPollMs * Math.Pow(2, _retries - 1)) : options.TickMs;
        _nextWorkAt = parts.Clock.Elapsed + TimeSpan.FromMilliseconds(waitMs);
    }

    /// <summary>The first document fixed what this enclave measures; when the registry disagrees, one of them has to be asked again.</summary>
    private bool IsMeasurementDisputed() =>
        parts.Membership.Known is { } view && parts.Odyn.Measurement is { } own
        && PeerAuthorizer.Authorize(view, parts.Identity.Wallet).TryGet(out var self) && self.Version.CodeMeasurement != own;

    /// <summary>Whether this node is in a position to do anything about secrets and peers: judged by the rule of readiness itself.</summary>
    private bool MayAct([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ChainView? view)
    {
        lock (_moves)
        {
            view = parts.Membership.Known;
            return view is not null && parts.Time.IsSet && ReadinessRule.Evaluate(Facts(view)) switch
            {
                Readiness.Ready => true,
                Readiness.NotReady not => not.Reason is NotReadyReason.NoEpoch or NotReadyReason.Unfunded
                    or NotReadyReason.AwaitingProposal or NotReadyReason.AwaitingConfirmations or NotReadyReason.FetchingSecret
                    or NotReadyReason.SecretQuarantined or NotReadyReason.StoreFull or NotReadyReason.Isolated,
                _ => false,
            };
        }
    }

    /// <returns>True when something is left that a later turn should try again soon.</returns>
    private async Task<bool> CarryOutAsync(CancellationToken stop)
    {
        for (int round = 0; round < MaxRounds; round++)
        {
            bool progress = false;
            bool failed = false;
            if (!MayAct(out var view))
            {
                return true;
            }

            foreach (var decision in Decide(view))
            {
                if (!StillHolds(decision))
                {
                    continue;
                }

                bool? done = await CarryOutAsync(decision, stop);
                progress |= done == true;
                failed |= done == false;
            }

            Settle();
            if (!progress)
            {
                return failed;
            }
        }

        return true;
    }

    /// <summary>Decisions before this one took their time: what the chain took away meanwhile is not done any more.</summary>
    private bool StillHolds(SecretDecision decision) => MayAct(out var now) && (decision is SecretDecision.Fetch || Decide(now).Contains(decision));

    /// <returns>Null when there was nothing to do.</returns>
    private async Task<bool?> CarryOutAsync(SecretDecision decision, CancellationToken stop)
    {
        switch (decision)
        {
            case SecretDecision.Generate generate:
                return Generate(generate.Epoch);
            case SecretDecision.Propose propose:
                var refused = await parts.Transactor.SendAsync(new RegistryCall.Propose(propose.Hash), propose.Epoch, propose.Hash, stop);
                if (refused == ChainFailure.Rejected)
                {
                    parts.Secrets.CountRejection(propose.Epoch, propose.Hash);
                }

                return refused is null;
            case SecretDecision.Confirm confirm:
                var failure = await parts.Transactor.SendAsync(new RegistryCall.Confirm(confirm.ProposalId, confirm.Hash), confirm.Epoch, confirm.Hash, stop);
                return failure is null;
            case SecretDecision.Fetch fetch:
                return await parts.Handovers.FetchAsync(fetch.Epoch, fetch.Hash, parts.Probes.AnsweringFirst(fetch.From), stop);
            default:
                return null;
        }
    }

    private bool Generate(Epoch epoch)
    {
        var secret = MasterSecret.Generate(parts.Random);
        var hash = secret.Hash;
        bool installed = parts.Secrets.TryInstall(epoch, hash, secret);
        parts.Audit.Record("secret_generated", $"epoch {epoch} hash {hash} kept {installed}");
        return installed;
    }

    private async Task ReplicateAsync(ChainView view, CancellationToken stop)
    {
        var usable = parts.Secrets.Held.Where(held => held.State == SecretState.Active).ToArray();
        if (usable.Length == 0)
        {
            return;
        }

        VerifiedPeer[] others = [.. PeerAuthorizer.Members(view).Where(peer => peer.Wallet != parts.Identity.Wallet)];
        await parts.Replicator.RunRoundAsync(others, usable[^1].Epoch, stop);
        Settle();
    }

    private void StartPush(CancellationToken stop)
    {
        lock (_moves)
        {
            if (!PushIsDue())
            {
                return;
            }

            _pushWanted = false;
        }

        _push = parts.Replicator.PushAsync(stop);
    }

    private bool PushIsDue() => _pushWanted && gate.Current is Readiness.Ready;

    private async Task PauseAsync(CancellationToken stop)
    {
        TaskCompletionSource wake;
        lock (_moves)
        {
            if (PushIsDue() && _push.IsCompleted)
            {
                return;
            }

            wake = _wake = NewWake();
        }

        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] either = [parts.Clock.DelayAsync(TimeSpan.FromMilliseconds(options.HeadPollMs), waiting.Token), Relay.AwaitAsync(wake.Task)];
        await Task.WhenAny(either);
        waiting.Cancel();
    }

    private void Stop()
    {
        lock (_moves)
        {
            _stopping = true;
            gate.MoveTo(ReadinessRule.Evaluate(Facts(parts.Membership.Known)));
        }
    }

    private static async Task EndAsync(Task task, CancellationToken stop)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It was asked to end, and did.
        }
    }

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
