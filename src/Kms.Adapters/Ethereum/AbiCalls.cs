using System.Buffers.Binary;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Adapters.Ethereum;

/// <summary>Call data of exactly the calls that a node makes. Held against <c>contracts/abi</c> and <c>cast</c> by tests.</summary>
internal static class AbiCalls
{
    // KMSRegistry (contracts/src/interfaces/IKMSRegistry.sol).
    public static byte[] NodeState() => Encode(0xed07f59e);

    public static byte[] EpochsPage(ulong from, ulong limit) => Encode(0x07cdea7e, from, limit);

    public static byte[] GetOperators() => Encode(0x27a099d8);

    public static byte[] HasConfirmed(ulong proposalId, WalletAddress wallet) => Encode(0x0b59cc10, proposalId, wallet);

    public static byte[] BarredUntil(WalletAddress wallet) => Encode(0xc7b6b81b, wallet);

    public static byte[] NovaAppRegistry() => Encode(0x42165882);

    public static byte[] ConfirmationTarget() => Encode(0xc8edbf7e);

    public static byte[] Transaction(RegistryCall call) => call switch
    {
        RegistryCall.Propose propose => Encode(0xea12bd17, propose.Hash, propose.Epoch.Value),
        RegistryCall.Confirm confirm => Encode(0x405e227b, confirm.ProposalId, confirm.Hash),
        RegistryCall.SyncOperator sync => Encode(0x25c83dfa, sync.Wallet),
        _ => throw new ArgumentOutOfRangeException(nameof(call)),
    };

    // NovaAppRegistry (contracts/src/interfaces/INovaAppRegistry.sol; the platform's own selectors).
    public static byte[] GetApp(AppId app) => Encode(0x24f3a51b, app.Value);

    public static byte[] GetVersion(AppId app, VersionId version) => Encode(0x6987b075, app.Value, version.Value);

    public static byte[] GetInstanceByWallet(WalletAddress wallet) => Encode(0x9863f8a2, wallet);

    public static byte[] GetActiveInstances(AppId app) => Encode(0x8c228cbf, app.Value);

    private static byte[] Encode(uint selector, params ReadOnlySpan<AbiWord> words)
    {
        var bytes = new byte[4 + (words.Length * AbiWord.Size)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, selector);
        for (int i = 0; i < words.Length; i++)
        {
            words[i].CopyTo(bytes.AsSpan(4 + (i * AbiWord.Size), AbiWord.Size));
        }

        return bytes;
    }
}
