using Kms.Adapters.Ethereum;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Integration.Support;

namespace Kms.Integration.Adapters;

/// <summary>The ABI codec against an implementation that is not ours.</summary>
public sealed class AbiCastTests
{
    private const string Wallet = "0x1234567890abcdef1234567890abcdef12345678";
    private static readonly WalletAddress Parsed = WalletAddress.Parse(Wallet);
    private static readonly string Hash = "0x" + new string('a', 64);

    public static TheoryData<string, string, string[]> Calls => new()
    {
        { Hex.Encode(AbiCalls.NodeState()), "nodeState()", [] },
        { Hex.Encode(AbiCalls.EpochsPage(1, 256)), "epochsPage(uint64,uint64)", ["1", "256"] },
        { Hex.Encode(AbiCalls.GetOperators()), "getOperators()", [] },
        { Hex.Encode(AbiCalls.HasConfirmed(ulong.MaxValue, Parsed)), "hasConfirmed(uint64,address)", ["18446744073709551615", Wallet] },
        { Hex.Encode(AbiCalls.BarredUntil(Parsed)), "barredUntil(address)", [Wallet] },
        { Hex.Encode(AbiCalls.NovaAppRegistry()), "novaAppRegistry()", [] },
        { Hex.Encode(AbiCalls.ConfirmationTarget()), "confirmationTarget()", [] },
        { Hex.Encode(AbiCalls.GetApp(AppId.From(7))), "getApp(uint256)", ["7"] },
        { Hex.Encode(AbiCalls.GetVersion(AppId.From(7), VersionId.From(ulong.MaxValue))), "getVersion(uint256,uint256)", ["7", "18446744073709551615"] },
        { Hex.Encode(AbiCalls.GetInstanceByWallet(Parsed)), "getInstanceByWallet(address)", [Wallet] },
        { Hex.Encode(AbiCalls.GetActiveInstances(AppId.From(7))), "getActiveInstances(uint256)", ["7"] },
        { Hex.Encode(AbiCalls.Transaction(new RegistryCall.Propose(Bytes32.Parse(Hash), Epoch.From(258)))), "proposeMasterSecret(bytes32,uint64)", [Hash, "258"] },
        { Hex.Encode(AbiCalls.Transaction(new RegistryCall.Confirm(3, Bytes32.Parse(Hash)))), "confirmMasterSecret(uint64,bytes32)", ["3", Hash] },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_data_is_what_cast_encodes(string ours, string signature, string[] arguments) =>
        ours.ShouldBe(await Foundry.CastAsync(["calldata", signature, .. arguments]));

    public static TheoryData<int, string> Urls
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (int length in (int[])[0, 1, 31, 32, 33, 64, 65, 2048])
            {
                data.Add(length, new string('u', length));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Urls))]
    public async Task An_instance_that_cast_encodes_is_read(int keyBytes, string url)
    {
        string key = "0x" + new string('7', keyBytes * 2);
        byte[] data = await EncodeAsync(
            "f((uint256,uint256,uint256,address,string,bytes,address,bool,uint8,uint256))",
            $"(5,7,3,0x00000000000000000000000000000000000000aa,\"{url}\",{key},{Wallet},true,1,99)");
        AbiAnswers.TryInstance(data, Parsed, out var instance).ShouldBeTrue();
        instance.ShouldBe(new InstanceRecord(
            InstanceId.From(5), AppId.From(7), VersionId.From(3), Parsed, null, url, true, InstanceStatus.Stopped));
    }

    [Fact]
    public async Task Versions_and_both_forms_of_apps_that_cast_encodes_are_read()
    {
        byte[] version = await EncodeAsync(
            "f((uint256,string,bytes32,string,string,string,string,uint8,uint256,address))",
            $"(3,\"v1.2.3\",{Hash},\"registry/image:with-a-name-longer-than-a-word\",\"\",\"\",\"123\",1,5,{Wallet})");
        AbiAnswers.TryVersion(version, AppId.From(7), VersionId.From(3), out var record).ShouldBeTrue();
        record.ShouldBe(new VersionRecord(AppId.From(7), VersionId.From(3), VersionStatus.Deprecated, Bytes32.Parse(Hash)));

        byte[] app = await EncodeAsync(
            "f((uint256,address,bytes32,address,string,uint256,uint256,uint8,address))",
            $"(7,{Wallet},{Hash},{Wallet},\"ipfs://a-metadata-uri-that-is-longer-than-one-word\",3,9,2,{Wallet})");
        AbiAnswers.TryApp(app, AppId.From(7), out var newer).ShouldBeTrue();
        newer.ShouldBe(new AppRecord(AppId.From(7), AppStatus.Revoked));

        byte[] old = await EncodeAsync(
            "f((uint256,address,bytes32,address,string,uint256,uint256,uint8))",
            $"(7,{Wallet},{Hash},{Wallet},\"\",3,9,0)");
        AbiAnswers.TryApp(old, AppId.From(7), out var older).ShouldBeTrue();
        older.ShouldBe(new AppRecord(AppId.From(7), AppStatus.Active));
    }

    [Fact]
    public async Task A_signed_transaction_is_byte_for_byte_what_cast_makes()
    {
        byte[] scalar = Enumerable.Repeat((byte)7, 32).ToArray();
        using var key = EthereumPrivateKey.Import(scalar);
        var asked = new UnsignedTransaction(84532, 9, 1_000_000_000, 30_000_000_000, 123_456, Parsed, 0, AbiCalls.BarredUntil(Parsed));

        byte[] raw = DynamicFeeTransaction.Encode(asked, key.SignDigest(DynamicFeeTransaction.SigningDigest(asked)));

        Hex.Encode(raw).ShouldBe(await Foundry.CastAsync(
            "mktx",
            "--private-key",
            Hex.Encode(scalar),
            "--chain",
            "84532",
            "--nonce",
            "9",
            "--gas-price",
            "30000000000",
            "--priority-gas-price",
            "1000000000",
            "--gas-limit",
            "123456",
            Wallet,
            "barredUntil(address)",
            Wallet,
            "--rpc-url",
            "http://127.0.0.1:1"));
    }

    private static async Task<byte[]> EncodeAsync(string signature, string tuple) =>
        Hex.Decode(await Foundry.CastAsync("abi-encode", signature, tuple));
}
