using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Properties.Cryptography;

namespace Kms.Properties.Fakes;

/// <summary>Hand-made views of the chain: a cluster of ENROLLED members whose facts tests then change one by one.</summary>
internal static class Views
{
    public static readonly AppId App = AppId.From(9);
    public static readonly VersionId Version = VersionId.From(3);
    public static readonly Bytes32 Measurement = Hash(77);

    public static Bytes32 Hash(byte number) => Bytes32.From(Keys.Filled(number, 32));

    public static WalletAddress Wallet(byte number) => WalletAddress.From(Keys.Filled(number, 20));

    public static BlockRef Block(ulong number) => new(number, Bytes32.From([.. new byte[23], 1, .. BitConverter.GetBytes(number)]), 1_700_000_000 + number);

    public static InstanceRecord Instance(byte number) => new(
        InstanceId.From(number), App, Version, Wallet(number), null, $"https://n{number}.example.com", true, InstanceStatus.Active);

    public static OperatorRecord Operator(byte number) =>
        new(Wallet(number), Instance(number), new VersionRecord(App, Version, VersionStatus.Enrolled, Measurement));

    public static KmsState Kms(params EpochRecord[] epochs) => new(
        App, epochs.Length == 0 ? null : epochs[0].Epoch, epochs, null, epochs.Length == 0, false, 2, 100, [Measurement]);

    public static EpochRecord Active(ulong epoch, byte hash, bool retired = false) =>
        new(Epoch.From(epoch), Hash(hash), Wallet(1), 5, 2, retired);

    public static ProposalRecord Open(ulong epoch, byte hash, byte proposer, ulong id = 1) =>
        new(id, Epoch.From(epoch), Hash(hash), Wallet(proposer), 10, 110, 1, true);

    public static RegistrySnapshot Snapshot(ulong block, KmsState kms, int operators = 3) => new(
        Block(block), kms, new AppRecord(App, AppStatus.Active), [.. Enumerable.Range(1, operators).Select(one => Operator((byte)one))], [], new SelfRecord(false, 0));

    public static ChainView View(KmsState final, KmsState latest) => new(Snapshot(100, final), Snapshot(102, latest));

    public static ChainView View(KmsState both) => View(both, both);
}
