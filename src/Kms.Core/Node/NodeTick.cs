using Kms.Core.Membership;
using Kms.Core.Secrets;
using Kms.Core.Supervision;

namespace Kms.Core.Node;

/// <summary>
/// The chain's loop. Each turn looks at the chain, settles secrets, readiness and who the peers are at once, and starts the units of
/// slower work (Odyn, registry calls, handovers, probes) that are due. No unit overlaps itself, waits for another, or can end the
/// loop: only a requested stop and a broken ring of secrets do. Replication has loops of its own.
/// </summary>
internal sealed class NodeTick
{
    private readonly NodeParts _parts;
    private readonly KmsNodeOptions _options;
    private readonly ReadinessGate _gate;
    private readonly Settlement _settlement;
    private readonly RegistryCalls _registryCalls;

    private readonly SupervisedUnit _odyn;
    private readonly SupervisedUnit _calls;
    private readonly SupervisedUnit _nextHandover;
    private readonly SupervisedUnit _missingHandovers;
    private readonly SupervisedUnit _probes;
    private readonly SupervisedUnit _housekeeping;

    private readonly LoopPause _pause;

    public NodeTick(NodeParts parts, KmsNodeOptions options, ReadinessGate gate)
    {
        _parts = parts;
        _options = options;
        _gate = gate;
        _pause = new LoopPause(parts.Clock, parts.Errors);
        _settlement = new Settlement(parts, options, gate);
        _registryCalls = new RegistryCalls(parts, _settlement);
        _odyn = Unit(WorkUnit.OdynWatch);
        _calls = Unit(WorkUnit.RegistryCalls);
        _nextHandover = Unit(WorkUnit.NextHandover);
        _missingHandovers = Unit(WorkUnit.MissingHandovers);
        _probes = Unit(WorkUnit.Probes);
        _housekeeping = Unit(WorkUnit.Housekeeping);
    }

    private SupervisedUnit[] Units => [_odyn, _calls, _nextHandover, _missingHandovers, _probes, _housekeeping];

    /// <summary>Runs until cancelled. Ends when its work has ended.</summary>
    /// <exception cref="BrokenRingException">The ring of secrets contradicts itself.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        _parts.Heads.OnDeepReorg = _settlement.StartOver;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await _parts.Errors.GuardAsync(WorkUnit.ChainWatch, LookAtChainAsync, stop);
                await StartWorkAsync(_settlement.Settle(), stop);
                await _pause.WaitAsync(TimeSpan.FromMilliseconds(_options.HeadPollMs), stop);
            }
        }
        finally
        {
            _settlement.Stop();
            foreach (var unit in Units)
            {
                await unit.EndAsync(stop);
            }
        }
    }

    private async Task LookAtChainAsync()
    {
        await _parts.Heads.RefreshAsync();
        await _parts.Membership.CurrentAsync();

        // A member is on the list, with its records in the view. Who is not on it has to be asked for.
        var self = _parts.Identity.Wallet;
        bool isListed = _parts.Membership.Known is { } view
            && view.AtFinal.Operators.Any(one => one.Wallet == self) && view.AtLatest.Operators.Any(one => one.Wallet == self);
        _settlement.NoteSelf(
            !isListed && (await _parts.Cache.ReadWalletAsync(self, CancellationToken.None)).TryGet(out var facts) ? facts : null);
    }

    private async Task StartWorkAsync(bool changed, CancellationToken stop)
    {
        if (changed)
        {
            foreach (var unit in Units)
            {
                unit.RequestNow();
            }
        }

        await _odyn.ObserveAsync(() => LookAtOdynAsync(stop), stop);
        await _calls.ObserveAsync(async () => !await _registryCalls.RunAsync(stop), stop);
        await _nextHandover.ObserveAsync(() => FetchAsync(isNext: true, stop), stop);
        await _missingHandovers.ObserveAsync(() => FetchAsync(isNext: false, stop), stop);
        await _probes.ObserveAsync(() => ProbeAsync(stop), stop);
        await _housekeeping.ObserveAsync(KeepHouseAsync, stop);
    }

    private async Task<bool> LookAtOdynAsync(CancellationToken stop)
    {
        if (IsMeasurementDisputed())
        {
            _parts.Odyn.Doubt();
        }

        var before = _parts.Odyn.Health;
        await _parts.Odyn.CheckAsync(stop);
        _settlement.Settle();
        if (_parts.Odyn.Health != before)
        {
            foreach (var unit in Units.Where(unit => unit != _odyn))
            {
                unit.RequestNow();
            }

            _pause.Wake();
        }

        return _parts.Odyn.Health == OdynHealth.Good;
    }

    /// <summary>The first document fixed what this enclave measures; when the registry disagrees, one of them has to be asked again.</summary>
    private bool IsMeasurementDisputed() =>
        _parts.Membership.Known is { } view && _parts.Odyn.Measurement is { } own
        && PeerAuthorizer.Authorize(view, _parts.Identity.Wallet).TryGet(out var self) && self.Version.CodeMeasurement != own;

    /// <summary>Fetches what is missing of the next epoch, or of those that are active already: apart, so that none waits for the others.</summary>
    /// <returns>False when something could not be had.</returns>
    private async Task<bool> FetchAsync(bool isNext, CancellationToken stop)
    {
        bool complete = true;
        foreach (var fetch in Missing(isNext))
        {
            // Asked again before each: the one before took its time.
            if (!Missing(isNext).Any(one => one.Epoch == fetch.Epoch && one.Hash == fetch.Hash))
            {
                continue;
            }

            bool received = await _parts.Handovers.FetchAsync(fetch.Epoch, fetch.Hash, fetch.From, _parts.Probes.HopeOf, stop);
            complete &= received;
            if (received)
            {
                _settlement.Settle();
                _calls.RequestNow();
                _pause.Wake();
            }
        }

        return complete;
    }

    private IEnumerable<SecretDecision.Fetch> Missing(bool isNext) => _settlement.MayAct(out var view)
        ? _settlement.Decide(view).OfType<SecretDecision.Fetch>().Where(fetch => fetch.IsNext == isNext)
        : [];

    private async Task<bool> ProbeAsync(CancellationToken stop)
    {
        if (_settlement.MayAct(out var view))
        {
            await _parts.Probes.RunAsync(PeerAuthorizer.Members(view), stop);
        }

        return true;
    }

    private Task<bool> KeepHouseAsync()
    {
        if (_gate.Current is Readiness.Ready ready)
        {
            _parts.Store.Reseal(ready.CurrentEpoch);
            _parts.Limiter.KeepOnly(PeerAuthorizer.Members(ready.View).Select(peer => peer.Instance.Id).ToHashSet());
        }

        return Task.FromResult(true);
    }

    private SupervisedUnit Unit(WorkUnit unit) => new(unit, _parts.Clock, _parts.Errors, _options.HeadPollMs, _options.TickMs);
}
