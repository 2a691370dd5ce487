using Kms.Core.Membership;
using Kms.Core.Node.Handover;
using Kms.Core.Node.Odyn;
using Kms.Core.Node.Peers;
using Kms.Core.Node.Serving;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Secrets;
using Kms.Core.Store;
using Kms.Core.Supervision;

namespace Kms.Core.Node;

/// <summary>
/// The chain's loop. Each turn looks at the chain, settles secrets, readiness and who the peers are at once, and starts the units of
/// slower work (Odyn, registry calls, handovers, probes) that are due. No unit overlaps itself, waits for another, or can end the
/// loop: only a requested stop and a broken ring of secrets do. Replication has loops of its own.
/// </summary>
internal sealed class NodeTick
{
    private readonly Settlement _settlement;
    private readonly ChainLook _chainLook;
    private readonly OdynLook _odynLook;
    private readonly RegistryCalls _registryCalls;
    private readonly SecretFetches _fetches;
    private readonly NodeProbes _nodeProbes;
    private readonly Housekeeping _house;
    private readonly InternalErrors _errors;
    private readonly TimeSpan _headPoll;
    private readonly LoopPause _pause;

    private readonly SupervisedUnit _odyn;
    private readonly SupervisedUnit _calls;
    private readonly SupervisedUnit _nextHandover;
    private readonly SupervisedUnit _missingHandovers;
    private readonly SupervisedUnit _probes;
    private readonly SupervisedUnit _housekeeping;

    public NodeTick(
        Settlement settlement, ChainLook chainLook, OdynLook odynLook, RegistryCalls registryCalls, SecretFetches fetches, NodeProbes probes,
        Housekeeping house, IClock clock, InternalErrors errors, long headPollMs, long tickMs)
    {
        _settlement = settlement;
        _chainLook = chainLook;
        _odynLook = odynLook;
        _registryCalls = registryCalls;
        _fetches = fetches;
        _nodeProbes = probes;
        _house = house;
        _errors = errors;
        _headPoll = TimeSpan.FromMilliseconds(headPollMs);
        _pause = new LoopPause(clock, errors);
        SupervisedUnit Unit(WorkUnit unit) => new(unit, clock, errors, headPollMs, tickMs);
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
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await _errors.GuardAsync(WorkUnit.ChainWatch, _chainLook.RunAsync, stop);
                await StartWorkAsync(_settlement.Settle(), stop);
                await _pause.WaitAsync(_headPoll, stop);
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
        await _nextHandover.ObserveAsync(() => _fetches.RunAsync(isNext: true, Received, stop), stop);
        await _missingHandovers.ObserveAsync(() => _fetches.RunAsync(isNext: false, Received, stop), stop);
        await _probes.ObserveAsync(() => ProbeAsync(stop), stop);
        await _housekeeping.ObserveAsync(KeepHouseAsync, stop);
    }

    private async Task<bool> LookAtOdynAsync(CancellationToken stop)
    {
        var before = _odynLook.Health;
        await _odynLook.RunAsync(stop);
        if (_odynLook.Health != before)
        {
            foreach (var unit in Units.Where(unit => unit != _odyn))
            {
                unit.RequestNow();
            }

            _pause.Wake();
        }

        return _odynLook.Health == OdynHealth.Good;
    }

    private void Received()
    {
        _calls.RequestNow();
        _pause.Wake();
    }

    private async Task<bool> ProbeAsync(CancellationToken stop)
    {
        if (_settlement.MayAct(out var view))
        {
            await _nodeProbes.RunAsync(PeerAuthorizer.Members(view), stop);
        }

        return true;
    }

    private Task<bool> KeepHouseAsync()
    {
        _house.Run();
        return Task.FromResult(true);
    }
}

/// <summary>Re-encrypts what is under older epochs, and forgets handovers to instances that are gone.</summary>
internal sealed class Housekeeping(ReadinessGate gate, RecordStore store, HandoverLimiter limiter)
{
    public void Run()
    {
        if (gate.Current is Readiness.Ready ready)
        {
            store.Reencrypt(ready.CurrentEpoch);
            limiter.KeepOnly(PeerAuthorizer.Members(ready.View).Select(peer => peer.Instance.Id).ToHashSet());
        }
    }
}

/// <summary>Fetches what is missing of the next epoch, or of those that are active already: apart, so that none waits for the others.</summary>
internal sealed class SecretFetches(Settlement settlement, HandoverClient handovers, NodeProbes probes)
{
    /// <param name="received">Called after each secret that came.</param>
    /// <returns>False when something could not be had.</returns>
    public async Task<bool> RunAsync(bool isNext, Action received, CancellationToken stop)
    {
        bool complete = true;
        foreach (var fetch in Missing(isNext))
        {
            // Asked again before each: the one before took its time.
            if (!Missing(isNext).Any(one => one.Epoch == fetch.Epoch && one.Hash == fetch.Hash))
            {
                continue;
            }

            bool came = await handovers.FetchAsync(fetch.Epoch, fetch.Hash, fetch.From, probes.HopeOf, stop);
            complete &= came;
            if (came)
            {
                settlement.Settle();
                received();
            }
        }

        return complete;
    }

    private IEnumerable<SecretDecision.Fetch> Missing(bool isNext) => settlement.MayAct(out var view)
        ? settlement.Decide(view).OfType<SecretDecision.Fetch>().Where(fetch => fetch.IsNext == isNext)
        : [];
}

/// <summary>Looks at Odyn: identity, randomness, the own attestation document.</summary>
internal sealed class OdynLook(OdynWatch odyn, MembershipWatch membership, WalletAddress self, Settlement settlement)
{
    public OdynHealth Health => odyn.Health;

    public async Task RunAsync(CancellationToken stop)
    {
        if (IsMeasurementDisputed())
        {
            odyn.Doubt();
        }

        await odyn.CheckAsync(stop);
        settlement.Settle();
    }

    /// <summary>The first document fixed what this enclave measures; when the registry disagrees, one of them has to be asked again.</summary>
    private bool IsMeasurementDisputed() =>
        membership.Known is { } view && odyn.Measurement is { } own
        && PeerAuthorizer.Authorize(view, self).TryGet(out var member) && member.Version.CodeMeasurement != own;
}

/// <summary>Reads heads and membership, and the registry's records of this very node.</summary>
internal sealed class ChainLook(ChainWatch heads, MembershipWatch membership, RegistryCache cache, WalletAddress self, Settlement settlement)
{
    public async Task RunAsync()
    {
        await heads.RefreshAsync();
        await membership.CurrentAsync();

        // A member is on the list, with its records in the view. Who is not on it has to be asked for.
        bool isListed = membership.Known is { } view
            && view.AtFinal.Operators.Any(one => one.Wallet == self) && view.AtLatest.Operators.Any(one => one.Wallet == self);
        settlement.NoteSelf(!isListed && (await cache.ReadWalletAsync(self, CancellationToken.None)).TryGet(out var facts) ? facts : null);
    }
}
