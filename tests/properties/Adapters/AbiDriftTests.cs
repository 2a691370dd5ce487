using System.Reflection;
using System.Security.Cryptography;
using Kms.Adapters.Ethereum;
using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Devnet.Chain;
using Nethereum.ABI.FunctionEncoding.Attributes;

namespace Kms.Properties.Adapters;

/// <summary>Every selector, argument type, answer, event and custom error in .NET code against the compiled contracts' ABI.</summary>
public sealed class AbiDriftTests
{
    private const BindingFlags Declared = BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly;
    private static readonly WalletAddress Wallet = WalletAddress.Parse("0x1111111111111111111111111111111111111111");
    private static readonly AppId App = AppId.From(7);

    // Fields of the platform's records that a node has no use for, and decodes past.
    private static readonly string[] Unread =
    [
        "owner", "teeArch", "dappContract", "metadataUri", "latestVersionId", "createdAt", "appWallet",
        "versionName", "imageUri", "auditUrl", "auditHash", "githubRunId", "enrolledAt", "enrolledBy",
        "operator", "registeredAt",
    ];

    [Fact]
    public void Every_read_of_a_node_is_a_recorded_view()
    {
        foreach (var method in Reads())
        {
            var function = Function(Invoke(method));
            function.Name.ShouldBe(Camel(method.Name));
            function.IsView.ShouldBeTrue(function.Signature);
            ArgumentTypes(method.GetParameters().Select(static parameter => parameter.ParameterType)).ShouldBe(Inputs(function), method.Name);
        }
    }

    [Fact]
    public void Every_transaction_of_a_node_is_a_recorded_function()
    {
        var calls = typeof(RegistryCall).GetNestedTypes().Where(static type => type.IsSubclassOf(typeof(RegistryCall))).ToArray();
        calls.Length.ShouldBe(3);
        foreach (var type in calls)
        {
            var constructor = type.GetConstructors().Single(static candidate => candidate.IsPublic);
            var types = constructor.GetParameters().Select(static parameter => parameter.ParameterType).ToArray();
            var call = (RegistryCall)constructor.Invoke([.. types.Select(Sample)]);
            var function = RecordedAbi.Kms.FindFunction(AbiCalls.Transaction(call)).ShouldNotBeNull(type.Name);
            function.Name.ShouldBe(type == typeof(RegistryCall.SyncOperator) ? "syncOperator" : $"{Camel(type.Name)}MasterSecret");
            function.IsView.ShouldBeFalse();
            ArgumentTypes(types).ShouldBe(Inputs(function), type.Name);
        }
    }

    [Fact]
    public void Every_answer_is_decoded_field_by_field_as_recorded()
    {
        var checks = new Dictionary<string, Action<RecordedAbi.Entry>>(StringComparer.Ordinal)
        {
            [nameof(AbiCalls.NodeState)] = NodeStateIsDecoded,
            [nameof(AbiCalls.EpochsPage)] = EpochsAreDecoded,
            [nameof(AbiCalls.GetOperators)] = WalletsAreDecoded,
            [nameof(AbiCalls.GetActiveInstances)] = WalletsAreDecoded,
            [nameof(AbiCalls.HasConfirmed)] = static function =>
            {
                var answer = new RecordedAnswer(function.Outputs, new() { [string.Empty] = true });
                AbiAnswers.TryHasConfirmed(answer.Bytes, out bool value).ShouldBeTrue();
                Compare(answer, new() { [string.Empty] = value });
            },
            [nameof(AbiCalls.BarredUntil)] = static function =>
            {
                var answer = new RecordedAnswer(function.Outputs);
                AbiAnswers.TryBarredUntil(answer.Bytes, out ulong value).ShouldBeTrue();
                Compare(answer, new() { [string.Empty] = value });
            },
            [nameof(AbiCalls.NovaAppRegistry)] = static function =>
            {
                var answer = new RecordedAnswer(function.Outputs);
                AbiAnswers.TryNovaAppRegistry(answer.Bytes, out var value).ShouldBeTrue();
                Compare(answer, new() { [string.Empty] = value!.Value });
            },
            [nameof(AbiCalls.ConfirmationTarget)] = static function =>
            {
                var answer = new RecordedAnswer(function.Outputs);
                AbiAnswers.TryConfirmationTarget(answer.Bytes, out uint value).ShouldBeTrue();
                Compare(answer, new() { [string.Empty] = (ulong)value });
            },
            [nameof(AbiCalls.GetApp)] = AppIsDecoded,
            [nameof(AbiCalls.GetVersion)] = VersionIsDecoded,
            [nameof(AbiCalls.GetInstanceByWallet)] = InstanceIsDecoded,
        };

        checks.Keys.ShouldBe(Reads().Select(static method => method.Name), ignoreOrder: true);
        foreach (var method in Reads())
        {
            checks[method.Name](Function(Invoke(method)));
        }
    }

    [Fact]
    public void Every_custom_error_that_a_node_names_is_recorded_and_decodes()
    {
        RegistryMessages.Errors.Length.ShouldBe(15);
        foreach (var type in RegistryMessages.Errors)
        {
            string signature = new AttributesToABIExtractor().ExtractErrorABI(type).Signature;
            var error = RecordedAbi.Kms.Find("error", signature).ShouldNotBeNull(signature);
            var answer = new RecordedAnswer(error.Inputs);
            string values = string.Join(", ", answer.Values.Values.Select(static value => $"{value}"));
            RevertReason.Describe([.. error.Topic.AsSpan(0, 4), .. answer.Bytes]).ShouldBe($"{error.Name}({values})");
        }
    }

    [Fact]
    public void Every_write_of_the_devnet_is_a_recorded_function()
    {
        var writes = typeof(DevRegistryCalls).GetMethods(Declared);
        writes.Length.ShouldBe(7);
        foreach (var method in writes)
        {
            var function = RecordedAbi.Dev.FindFunction(Invoke(method)).ShouldNotBeNull(method.Name);
            function.Name.ShouldBe(method.Name == nameof(DevRegistryCalls.CreateApp) ? "createApp" : $"dev{method.Name}");
            ArgumentTypes(method.GetParameters().Select(static parameter => parameter.ParameterType)).ShouldBe(Inputs(function), method.Name);
        }
    }

    [Theory]
    [InlineData(DevRegistryCalls.AppCreated, 1, "appId")]
    [InlineData(DevRegistryCalls.VersionEnrolled, 2, "versionId")]
    [InlineData(DevRegistryCalls.InstanceWalletBound, 2, "instanceId")]
    public void Every_event_that_the_devnet_reads_is_recorded_with_its_topic_in_that_place(string signature, int topic, string name)
    {
        var indexed = RecordedAbi.Dev.Find("event", signature).ShouldNotBeNull(signature).Inputs.Where(static input => input.Indexed).ToArray();
        indexed[topic - 1].Name.ShouldBe(name);
    }

    private static void WalletsAreDecoded(RecordedAbi.Entry function)
    {
        var answer = new RecordedAnswer(function.Outputs);
        AbiAnswers.TryWallets(answer.Bytes, Limits.MaxOperators, out var wallets).ShouldBeTrue();
        Compare(answer, new() { ["[0]"] = wallets[0], ["[1]"] = wallets[1] });
    }

    private static void NodeStateIsDecoded(RecordedAbi.Entry function)
    {
        foreach (string flag in (string[])["nextEpochWanted", "proposalsPaused", "proposal.open"])
        {
            var answer = new RecordedAnswer(function.Outputs, new() { ["epochCount"] = 9UL, ["defaultEpoch"] = 8UL, [flag] = true });
            AbiAnswers.TryNodeState(answer.Bytes, out var state).ShouldBeTrue();
            var proposal = state.Proposal.ShouldNotBeNull();
            Compare(answer, new()
            {
                ["kmsAppId"] = state.KmsApp!.Value.Value,
                ["novaAppRegistry"] = state.AppRegistry!.Value,
                ["epochCount"] = state.EpochCount,
                ["defaultEpoch"] = state.DefaultEpoch!.Value.Value,
                ["nextEpochWanted"] = state.NextEpochWanted,
                ["proposalsPaused"] = state.ProposalsPaused,
                ["confirmationTarget"] = (ulong)state.ConfirmationTarget,
                ["proposalBlocks"] = state.ProposalBlocks,
                ["proposal.id"] = proposal.Id,
                ["proposal.epoch"] = proposal.Epoch.Value,
                ["proposal.hash"] = proposal.Hash,
                ["proposal.proposer"] = proposal.Proposer,
                ["proposal.proposedAtBlock"] = proposal.ProposedAtBlock,
                ["proposal.expiresAtBlock"] = proposal.ExpiresAtBlock,
                ["proposal.confirmations"] = (ulong)proposal.Confirmations,
                ["proposal.open"] = proposal.IsOpen,
                ["approvedMeasurements[0]"] = state.ApprovedMeasurements[0],
                ["approvedMeasurements[1]"] = state.ApprovedMeasurements[1],
            });
        }
    }

    private static void EpochsAreDecoded(RecordedAbi.Entry function)
    {
        var answer = new RecordedAnswer(function.Outputs, new() { ["[1].retired"] = true });
        AbiAnswers.TryEpochs(answer.Bytes, 2, out var epochs).ShouldBeTrue();
        Compare(answer, epochs.SelectMany(static (epoch, i) => new Dictionary<string, object>
        {
            [$"[{i}].hash"] = epoch.Hash,
            [$"[{i}].proposer"] = epoch.Proposer,
            [$"[{i}].activatedAtBlock"] = epoch.ActivatedAtBlock,
            [$"[{i}].confirmations"] = (ulong)epoch.Confirmations,
            [$"[{i}].retired"] = epoch.Retired,
        }).ToDictionary());
    }

    private static void AppIsDecoded(RecordedAbi.Entry function)
    {
        var answer = new RecordedAnswer(function.Outputs, new() { ["appId"] = App.Value });
        AbiAnswers.TryApp(answer.Bytes, App, out var app).ShouldBeTrue();
        Compare(answer, new() { ["appId"] = app!.Id.Value, ["status"] = (ulong)app.Status });
    }

    private static void VersionIsDecoded(RecordedAbi.Entry function)
    {
        var answer = new RecordedAnswer(function.Outputs, new() { ["versionId"] = 3UL });
        AbiAnswers.TryVersion(answer.Bytes, App, VersionId.From(3), out var version).ShouldBeTrue();
        Compare(answer, new()
        {
            ["versionId"] = version!.Id.Value,
            ["codeMeasurement"] = version.CodeMeasurement,
            ["status"] = (ulong)version.Status,
        });
    }

    private static void InstanceIsDecoded(RecordedAbi.Entry function)
    {
        using var pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP384);
        byte[] key = pair.ExportSubjectPublicKeyInfo();
        var answer = new RecordedAnswer(function.Outputs, new() { ["teeWalletAddress"] = Wallet, ["zkVerified"] = true, ["teePubkey"] = key });
        AbiAnswers.TryInstance(answer.Bytes, Wallet, out var instance).ShouldBeTrue();
        Compare(answer, new()
        {
            ["instanceId"] = instance!.Id.Value,
            ["appId"] = instance.App.Value,
            ["versionId"] = instance.Version.Value,
            ["instanceUrl"] = instance.Url,
            ["teePubkey"] = instance.TeePublicKey!.ToSpki(),
            ["teeWalletAddress"] = instance.Wallet,
            ["zkVerified"] = instance.ZkVerified,
            ["status"] = (ulong)instance.Status,
        });
    }

    /// <summary>The recorded fields but the unread ones are exactly those that were decoded, each with its own value.</summary>
    private static void Compare(RecordedAnswer answer, Dictionary<string, object> decoded)
    {
        answer.Values.Keys.Except(Unread).ShouldBe(decoded.Keys, ignoreOrder: true);
        foreach (var (path, value) in decoded)
        {
            value.ShouldBe(answer.Values[path], path);
        }
    }

    private static MethodInfo[] Reads() => [.. typeof(AbiCalls).GetMethods(Declared).Where(static method => method.Name != nameof(AbiCalls.Transaction))];

    private static RecordedAbi.Entry Function(byte[] callData) =>
        (RecordedAbi.Kms.FindFunction(callData) ?? RecordedAbi.Platform.FindFunction(callData)).ShouldNotBeNull(Hex.Encode(callData));

    private static byte[] Invoke(MethodInfo method) =>
        (byte[])method.Invoke(null, [.. method.GetParameters().Select(static parameter => Sample(parameter.ParameterType))])!;

    private static string[] Inputs(RecordedAbi.Entry function) => [.. function.Inputs.Select(static input => input.Canonical)];

    private static string[] ArgumentTypes(IEnumerable<Type> types) => [.. types.Select(static type => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var id when id == typeof(AppId) || id == typeof(VersionId) || id == typeof(InstanceId) => "uint256",
        var number when number == typeof(ulong) || number == typeof(Epoch) => "uint64",
        var status when status.IsEnum => "uint8",
        var word when word == typeof(Bytes32) => "bytes32",
        var address when address == typeof(WalletAddress) => "address",
        var flag when flag == typeof(bool) => "bool",
        var text when text == typeof(string) => "string",
        var bytes when bytes == typeof(byte[]) => "bytes",
        var other => other.Name,
    })];

    private static object Sample(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var id when id == typeof(AppId) => App,
        var id when id == typeof(VersionId) => VersionId.From(2),
        var id when id == typeof(InstanceId) => InstanceId.From(3),
        var epoch when epoch == typeof(Epoch) => Epoch.From(4),
        var word when word == typeof(Bytes32) => Bytes32.From(Enumerable.Repeat((byte)9, Bytes32.Size).ToArray()),
        var address when address == typeof(WalletAddress) => Wallet,
        var text when text == typeof(string) => "text",
        var bytes when bytes == typeof(byte[]) => new byte[] { 1 },
        var plain => Activator.CreateInstance(plain)!,
    };

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
