using System.Text;
using Kms.Core.Registry;

namespace Kms.Devnet.Chain;

/// <summary>Call data of the writes of <c>DevNovaAppRegistry</c>; held against <c>contracts/abi</c> by a test.</summary>
internal static class DevRegistryCalls
{
    /// <summary>Announced by <see cref="CreateApp"/>; the app's id is topic 1.</summary>
    public const string AppCreated = "AppCreated(uint256,address,bytes32,address,string)";

    /// <summary>Announced by <see cref="EnrollVersion"/>; the version's id is topic 2.</summary>
    public const string VersionEnrolled = "VersionEnrolled(uint256,uint256,string,bytes32,string)";

    /// <summary>Announced by <see cref="RegisterInstance"/>; the instance's id is topic 2.</summary>
    public const string InstanceWalletBound = "InstanceWalletBound(address,uint256,uint256)";

    /// <summary>What the platform calls the kind of enclave that all of its apps have.</summary>
    public static readonly Bytes32 Nitro = Bytes32.From([.. Encoding.ASCII.GetBytes("nitro"), .. new byte[27]]);

    public static byte[] CreateApp(Bytes32 teeArch, WalletAddress? dappContract, string metadataUri) =>
        new AbiArguments("createApp(bytes32,address,string)").Word(teeArch).Address(dappContract).Text(metadataUri).Encode();

    public static byte[] EnrollVersion(AppId app, string name, Bytes32 measurement) =>
        new AbiArguments("devEnrollVersion(uint256,string,bytes32)").Number(app.Value).Text(name).Word(measurement).Encode();

    public static byte[] RegisterInstance(AppId app, VersionId version, WalletAddress wallet, byte[] teePublicKey, string url, bool zkVerified) =>
        new AbiArguments("devRegisterInstance(uint256,uint256,address,bytes,string,bool)")
            .Number(app.Value)
            .Number(version.Value)
            .Address(wallet)
            .Bytes(teePublicKey)
            .Text(url)
            .Flag(zkVerified)
            .Encode();

    public static byte[] SetInstanceStatus(InstanceId instance, InstanceStatus status) =>
        new AbiArguments("devSetInstanceStatus(uint256,uint8)").Number(instance.Value).Number((ulong)status).Encode();

    public static byte[] SetAppStatus(AppId app, AppStatus status) =>
        new AbiArguments("devSetAppStatus(uint256,uint8)").Number(app.Value).Number((ulong)status).Encode();

    /// <summary>Registration as the platform's old build had it: also without proof.</summary>
    public static byte[] UseOldBuild(bool old) => new AbiArguments("devUseOldBuild(bool)").Flag(old).Encode();

    public static byte[] SetVersionStatus(AppId app, VersionId version, VersionStatus status) =>
        new AbiArguments("devSetVersionStatus(uint256,uint256,uint8)").Number(app.Value).Number(version.Value).Number((ulong)status).Encode();
}
