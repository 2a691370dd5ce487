using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Sim.Chain;
using Kms.Sim.Kernel;

namespace Kms.Integration.Differential;

/// <summary>Draws what happens next: mostly something that can succeed, often enough something that must not.</summary>
internal sealed class OperationSource(SimRandom random, Players players)
{
    private readonly ActionSource _actions = new(random, players);
    private readonly StatementSource _statements = new(random, players);
    private readonly List<Bytes32> _proposed = [];

    /// <param name="time">Timestamp of the block that the call will be in.</param>
    public (SimCall Call, WalletAddress Sender) Next(ContractState state, ulong time)
    {
        if (state.Kms.KmsApp == 0 && random.Chance(0.1))
        {
            return (new SimCall.SetKmsAppId(1), Owner(state));
        }

        // Proposals are open for few of the blocks, and much can be said about them then.
        if (state.Kms.Proposal is { Closed: false } && random.Chance(0.25))
        {
            return Confirm(state, time, bySignature: random.Chance(0.6));
        }

        if (!state.Kms.Suspended.IsEmpty && random.Chance(0.08))
        {
            return (new SimCall.LiftSuspension(random.Pick(state.Kms.Suspended)), Owner(state));
        }

        // Nothing happens while the app is not ACTIVE, and from REVOKED it takes two to make it so.
        if (state.Apps.Apps[AppId.From(1)].Status is not AppStatus.Active and var status && random.Chance(0.15))
        {
            bool revoked = status == AppStatus.Revoked;
            return (new SimCall.SetAppStatus(AppId.From(1), revoked ? AppStatus.Inactive : AppStatus.Active), revoked ? players.Platform : players.Stranger);
        }

        int dice = random.Below(100);
        return dice switch
        {
            < 18 => FromPlatform(state),
            < 23 => (new SimCall.SyncOperator(random.Pick(players.Everyone)), Anyone()),
            < 26 => Callback(state),
            < 36 => (Propose(state), Operator(state)),
            < 48 => Confirm(state, time, bySignature: false),
            < 54 => (_statements.Propose(state, Operator(state), Hash(), time), Anyone()),
            < 61 => Confirm(state, time, bySignature: true),
            < 68 => (new SimCall.RequestRotation(), random.Chance(0.5) ? Owner(state) : Anyone()),
            < 70 => Measurement(state),
            < 74 => (state.Kms.ProposalsPaused == random.Chance(0.9) ? new SimCall.UnpauseProposals() : Pause(), OwnerOrGuardian(state)),
            < 84 => (_actions.Schedule(state), Owner(state)),
            < 92 => (new SimCall.Execute(_actions.Pick(state, time)), Owner(state)),
            < 95 => (new SimCall.Cancel(_actions.PickWaiting(state)), OwnerOrGuardian(state)),
            _ => Ownership(state),
        };
    }

    private (SimCall Call, WalletAddress Sender) Confirm(ContractState state, ulong time, bool bySignature) => bySignature
        ? (_statements.Confirm(state, Operator(state), ProposalId(state), time), Anyone())
        : (new SimCall.Confirm(ProposalId(state), _statements.ProposedHash(state)), Operator(state));

    private SimCall Pause() => random.Chance(0.3) ? new SimCall.PauseProposals() : new SimCall.UnpauseProposals();

    /// <summary>By the owner of the apps, as most calls must be, by the platform, or by somebody who may not.</summary>
    private (SimCall Call, WalletAddress Sender) FromPlatform(ContractState state)
    {
        var app = AppId.From(random.Chance(0.9) ? 1UL : 2);
        int dice = random.Below(100);
        return dice switch
        {
            < 42 => (
                new SimCall.RegisterInstance(
                    app, VersionId.From((ulong)random.Below(4) + 1), random.Pick(players.Wallets), random.Chance(0.97) ? "https://node.example" : "ftp://node.example", null, random.Chance(0.9)),
                AppOwner(0.9)),
            < 52 => (
                new SimCall.SetInstanceStatus(InstanceId.From((ulong)random.Below(state.Apps.Instances.Count + 1) + 1), (InstanceStatus)random.Below(3)),
                AppOwner(0.8)),
            < 70 => VersionStatusChange(app),
            < 83 => (new SimCall.SetAppStatus(app, random.Chance(0.9) ? AppStatus.Active : (AppStatus)random.Below(3)), AppOwner(0.5)),
            < 88 => (new SimCall.UseOldBuild(random.Chance(0.4)), random.Chance(0.8) ? players.Platform : AppOwner(0.5)),
            < 95 => (new SimCall.EnrollVersion(app, random.Chance(0.9) ? random.Pick(players.Measurements) : default), AppOwner(0.9)),
            _ => (new SimCall.RegisterApp(AppId.From((ulong)state.Apps.Apps.Count + 1)), players.Stranger),
        };
    }

    /// <summary>No version is ENROLLED again: those that the first operators run seldom lose that.</summary>
    private (SimCall Call, WalletAddress Sender) VersionStatusChange(AppId app)
    {
        ulong version = (ulong)random.Below(4) + 1;
        var status = random.Chance(version < 3 ? 0.08 : 0.6) ? (VersionStatus)random.Below(3) : VersionStatus.Enrolled;
        return (new SimCall.SetVersionStatus(app, VersionId.From(version), status), AppOwner(0.6));
    }

    private WalletAddress AppOwner(double chance) => random.Chance(chance) ? players.Stranger : random.Chance(0.7) ? players.Platform : Anyone();

    /// <summary>Sent by hand: refused, unless the sender is what the contract takes for the registry.</summary>
    private (SimCall Call, WalletAddress Sender) Callback(ContractState state)
    {
        var sender = random.Chance(0.6) ? state.Kms.NovaAppRegistry!.Value : Anyone();
        ulong app = random.Chance(0.8) ? 1UL : (ulong)random.Below(3);
        var wallet = random.Pick(players.Everyone);
        return (random.Chance(0.5) ? new SimCall.AddOperator(wallet, app) : new SimCall.RemoveOperator(wallet, app), sender);
    }

    /// <summary>Suspended ones do not stay so for long: a world without a usable measurement is dull.</summary>
    private (SimCall Call, WalletAddress Sender) Measurement(ContractState state) => random.Below(10) switch
    {
        < 2 => (new SimCall.RemoveMeasurement(random.Pick([.. state.Kms.Measurements, .. state.Kms.Suspended, players.Measurements[^1]])), Owner(state)),
        2 => (new SimCall.RemoveMeasurement(random.Pick(players.Measurements)), Owner(state)),
        < 5 => (new SimCall.SuspendMeasurement(random.Pick([.. state.Kms.Measurements, .. state.Kms.Suspended, players.Measurements[0]])), OwnerOrGuardian(state)),
        _ => (
            new SimCall.LiftSuspension(state.Kms.Suspended.IsEmpty || random.Chance(0.1) ? random.Pick(players.Measurements) : random.Pick(state.Kms.Suspended)),
            random.Chance(0.9) ? Owner(state) : OwnerOrGuardian(state)),
    };

    private SimCall.Propose Propose(ContractState state) => new(Hash(), _statements.EpochToPropose(state));

    private Bytes32 Hash()
    {
        if (random.Chance(0.04))
        {
            return default;
        }

        if (_proposed.Count > 0 && random.Chance(0.15))
        {
            return random.Pick(_proposed);
        }

        var fresh = Bytes32.From(random.Bytes(Bytes32.Size));
        _proposed.Add(fresh);
        return fresh;
    }

    private ulong ProposalId(ContractState state)
    {
        ulong latest = state.Kms.Proposal?.Id ?? 0;
        return random.Chance(0.9) ? latest : (ulong)random.Below((int)latest + 3);
    }

    /// <summary>Mostly an operator that may, and has not yet; sometimes one that has.</summary>
    private WalletAddress Operator(ContractState state)
    {
        if (state.Kms.Proposal is { Confirmers.Length: > 0 } proposal && random.Chance(0.1))
        {
            return random.Pick(proposal.Confirmers);
        }

        var able = players.Wallets.Where(wallet => state.IsEligible(wallet) && !state.Kms.HasConfirmed(wallet)).ToArray();
        return able.Length > 0 && random.Chance(0.8) ? random.Pick(able) : random.Pick(players.Wallets);
    }

    private (SimCall Call, WalletAddress Sender) Ownership(ContractState state) => random.Below(8) switch
    {
        0 or 1 => (new SimCall.TransferOwnership(random.Chance(0.2) ? null : random.Pick(players.Owners)), Owner(state)),
        2 or 3 => (new SimCall.AcceptOwnership(), random.Chance(0.8) ? state.Kms.PendingOwner ?? players.Owners[0] : Anyone()),
        4 => (new SimCall.RenounceOwnership(), Owner(state)),
        5 => (new SimCall.UpgradeToAndCall(random.Chance(0.5) ? _actions.Implementation(state) : null), Owner(state)),
        6 => (new SimCall.SetKmsAppId((ulong)random.Below(3)), Owner(state)),
        _ => (new SimCall.Initialize(), Anyone()),
    };

    private WalletAddress Owner(ContractState state) => random.Chance(0.92) ? state.Kms.Owner : Anyone();

    private WalletAddress OwnerOrGuardian(ContractState state) => random.Below(10) switch
    {
        < 5 => state.Kms.Owner,
        < 9 => state.Kms.Guardian,
        _ => Anyone(),
    };

    private WalletAddress Anyone() => random.Pick(players.Everyone);
}
