using System.Buffers.Binary;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Properties.Fakes;

/// <summary>Members as the registry would show them.</summary>
internal static class TestPeer
{
    public static VerifiedPeer Of(int number)
    {
        var wallet = new byte[20];
        BinaryPrimitives.WriteInt32BigEndian(wallet.AsSpan(16), number);
        var instance = new InstanceRecord(InstanceId.From((ulong)number), AppId.From(1), VersionId.From(1), WalletAddress.From(wallet), null, $"https://node{number}.example", true, InstanceStatus.Active);
        var version = new VersionRecord(AppId.From(1), VersionId.From(1), VersionStatus.Enrolled, Bytes32.From(Enumerable.Repeat((byte)1, 32).ToArray()));
        return Of(instance, version, new BlockRef(1, Bytes32.From(Enumerable.Repeat((byte)2, 32).ToArray()), 1));
    }

    /// <summary>Of a registry that has this one instance and nothing against it.</summary>
    public static VerifiedPeer Of(InstanceRecord instance, VersionRecord version, BlockRef at)
    {
        var snapshot = new RegistrySnapshot(
            at,
            new KmsState(instance.App, null, [], null, false, false, 1, 100, [version.CodeMeasurement]),
            new AppRecord(instance.App, AppStatus.Active),
            [new OperatorRecord(instance.Wallet, instance, version)],
            [],
            new SelfRecord(false, 0));
        return PeerAuthorizer.Authorize(new ChainView(snapshot, snapshot), instance.Wallet).GetValueOrDefault().ShouldNotBeNull();
    }
}
