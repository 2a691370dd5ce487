using Kms.Core.Primitives;

namespace Kms.Sim.Chain;

/// <summary>The contracts' transitions: a pure function of state, call, sender and block. Held against the real KMSRegistry
/// by the differential test (tests/integration/Differential), so a change there must be made here too.</summary>
internal static class ContractMachine
{
    public static (ContractState State, SimRevert Revert) Apply(ContractState state, SimCall call, WalletAddress sender, ulong block, ulong time) => call switch
    {
        SimCall.RegisterApp register => Platform(state, state.Apps.Register(register, sender)),
        SimCall.EnrollVersion enroll => Platform(state, state.Apps.Enroll(enroll, sender)),
        SimCall.RegisterInstance register => Registered(state, register, sender),
        SimCall.SetInstanceStatus set => Stopped(state, set, sender),
        SimCall.SetVersionStatus set => Platform(state, state.Apps.Set(set, sender)),
        SimCall.SetAppStatus set => Platform(state, state.Apps.Set(set, sender)),
        SimCall.UseOldBuild use => Platform(state, state.Apps.Set(use, sender)),
        SimCall.RestoreVersion restore => Platform(state, state.Apps.Restore(restore, sender)),
        SimCall.AddOperator add => CalledBack(state, add.Wallet, add.App, sender, true),
        SimCall.RemoveOperator remove => CalledBack(state, remove.Wallet, remove.App, sender, false),
        SimCall.SyncOperator sync => Synced(state, sync.Wallet),
        SimCall.Propose propose => Proposals.Propose(state, propose, sender, block),
        SimCall.Confirm confirm => Proposals.Confirm(state, confirm, sender, block),
        SimCall.ProposeBySig propose => Statements.Propose(state, propose, block, time),
        SimCall.ConfirmBySig confirm => Statements.Confirm(state, confirm, block, time),
        SimCall.RequestRotation => Proposals.RequestRotation(state, sender, block),
        _ => Governance.Apply(state, call, sender, block, time),
    };

    internal static (ContractState State, SimRevert Revert) With(ContractState state, KmsRegistryState kms) => (state with { Kms = kms }, SimRevert.None);

    internal static (ContractState State, SimRevert Revert) Done(ContractState state) => (state, SimRevert.None);

    private static (ContractState State, SimRevert Revert) Platform(ContractState state, AppRegistryState? apps) =>
        apps is null ? (state, SimRevert.Platform) : Done(state with { Apps = apps });

    /// <summary>Registration calls <c>addOperator</c> back, and goes through whatever comes of it.</summary>
    private static (ContractState State, SimRevert Revert) Registered(ContractState state, SimCall.RegisterInstance call, WalletAddress sender)
    {
        var apps = state.Apps.Register(call, sender);
        if (apps is null)
        {
            return (state, SimRevert.Platform);
        }

        var registered = state with { Apps = apps };
        return Done(TakesCallbacks(state, call.App.Value) ? Listed(registered, call.Wallet, true).State : registered);
    }

    private static (ContractState State, SimRevert Revert) Stopped(ContractState state, SimCall.SetInstanceStatus call, WalletAddress sender)
    {
        var apps = state.Apps.Set(call, sender);
        if (apps is null)
        {
            return (state, SimRevert.Platform);
        }

        var instance = apps.Instances[call.Instance];
        var stopped = state with { Apps = apps };
        return Done(TakesCallbacks(state, instance.App.Value) ? Listed(stopped, instance.Wallet, false).State : stopped);
    }

    private static bool TakesCallbacks(ContractState state, ulong app) => state.ReadsPlatform && app == state.Kms.KmsApp;

    private static (ContractState State, SimRevert Revert) CalledBack(ContractState state, WalletAddress wallet, ulong app, WalletAddress sender, bool wanted) =>
        sender != state.Kms.NovaAppRegistry ? (state, SimRevert.NotNovaAppRegistry)
        : app != state.Kms.KmsApp || app == 0 ? (state, SimRevert.WrongApp)
        : Listed(state, wallet, wanted);

    /// <summary>Anyone repairs the list, where the platform's word is complete; else nothing changes.</summary>
    private static (ContractState State, SimRevert Revert) Synced(ContractState state, WalletAddress wallet) => state.StandingOf(wallet) switch
    {
        SimStanding.Unreadable => (state, SimRevert.RegistryUnreadable),
        SimStanding.AppNotActive => (state, SimRevert.AppNotActive),
        SimStanding.Suspended => (state, SimRevert.MeasurementSuspended),
        var standing => Listed(state, wallet, standing >= SimStanding.Member),
    };

    /// <summary>List and index as the contract keeps them: a full list takes nobody new, removal moves the last one into the gap.</summary>
    private static (ContractState State, SimRevert Revert) Listed(ContractState state, WalletAddress wallet, bool wanted)
    {
        var operators = state.Kms.Operators;
        if (wanted == operators.Contains(wallet))
        {
            return Done(state);
        }

        if (wanted && operators.Length >= KmsRegistryState.MaxOperators)
        {
            return (state, SimRevert.TooManyOperators);
        }

        return With(state, state.Kms with { Operators = wanted ? operators.Add(wallet) : operators.WithoutSwapped(wallet) });
    }
}
