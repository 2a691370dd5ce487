using Kms.Core.Ports;
using Kms.Core.Primitives;
using static Kms.Adapters.Ethereum.AbiMessage;
using static Kms.Adapters.Ethereum.RegistryMessages;

namespace Kms.Adapters.Ethereum;

/// <summary>Call data of exactly the calls that a node makes. Held against <c>contracts/abi</c> and <c>cast</c> by tests.</summary>
internal static class AbiCalls
{
    public static byte[] NodeState() => EncodeCall(new NodeStateCall());

    public static byte[] EpochsPage(ulong from, ulong limit) => EncodeCall(new EpochsPageCall { From = from, Limit = limit });

    public static byte[] GetOperators() => EncodeCall(new GetOperatorsCall());

    public static byte[] HasConfirmed(ulong proposalId, WalletAddress wallet) =>
        EncodeCall(new HasConfirmedCall { ProposalId = proposalId, Wallet = wallet.ToString() });

    public static byte[] BarredUntil(WalletAddress wallet) => EncodeCall(new BarredUntilCall { Wallet = wallet.ToString() });

    public static byte[] NovaAppRegistry() => EncodeCall(new NovaAppRegistryCall());

    public static byte[] ConfirmationTarget() => EncodeCall(new ConfirmationTargetCall());

    public static byte[] Transaction(RegistryCall call) => call switch
    {
        RegistryCall.Propose propose => EncodeCall(new ProposeMasterSecretCall { Hash = propose.Hash.ToArray(), Epoch = propose.Epoch.Value }),
        RegistryCall.Confirm confirm => EncodeCall(new ConfirmMasterSecretCall { ProposalId = confirm.ProposalId, Hash = confirm.Hash.ToArray() }),
        RegistryCall.SyncOperator sync => EncodeCall(new SyncOperatorCall { Wallet = sync.Wallet.ToString() }),
        _ => throw new ArgumentOutOfRangeException(nameof(call)),
    };

    public static byte[] GetApp(AppId app) => EncodeCall(new GetAppCall { AppId = app.Value });

    public static byte[] GetVersion(AppId app, VersionId version) => EncodeCall(new GetVersionCall { AppId = app.Value, VersionId = version.Value });

    public static byte[] GetInstanceByWallet(WalletAddress wallet) => EncodeCall(new GetInstanceByWalletCall { TeeWalletAddress = wallet.ToString() });

    public static byte[] GetActiveInstances(AppId app) => EncodeCall(new GetActiveInstancesCall { AppId = app.Value });
}
