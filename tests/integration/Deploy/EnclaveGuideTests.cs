using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Kms.Adapters.Ethereum;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Devnet.Chain;
using Kms.Integration.Support;

namespace Kms.Integration.Deploy;

/// <summary>The shell commands of docs/operations/enclave.md, as they stand there, in their order.</summary>
[Collection(SharedDevnet.Name)]
public sealed partial class EnclaveGuideTests(DevnetFixture fixture)
{
    private const int TimelockSeconds = 3_600;
    private const int DelaySeconds = 172_800;

    /// <summary>The first is run by <see cref="PublishTests"/>.</summary>
    internal static readonly string[] Blocks =
        [.. Shell().Matches(File.ReadAllText(Path.Combine(Foundry.Root, "docs", "operations", "enclave.md"))).Select(match => match.Groups["commands"].Value)];

    private static readonly string[] Started =
    [
        "make publish\n",
        "node contracts/tools/kms-registry.mjs deploy",
        "cast send --rpc-url \"$RPC\" --from \"$OWNER\" \"$SIGN\" \"$APPS\" \"createApp",
        "node contracts/tools/kms-registry.mjs set-app-id",
        "cast keccak",
        "node contracts/tools/kms-registry.mjs schedule-approval",
        "node contracts/tools/kms-registry.mjs execute",
        "cast send --rpc-url \"$RPC\" --from \"$OWNER\" \"$SIGN\" \"$APPS\" \"enrollVersion",
        "cast send --rpc-url \"$RPC\" --from \"$OWNER\" \"$SIGN\" \"$APPS\" \"devRegisterInstance",
        "novakms chain $CLUSTER",
        "node tests/integration/clients/platform.mjs",
    ];

    [Fact]
    public void There_are_the_commands_that_are_run_here()
    {
        Blocks.Length.ShouldBe(Started.Length);
        Blocks.Zip(Started).ShouldAllBe(static pair => pair.First.StartsWith(pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public async Task From_the_proxy_to_the_first_member()
    {
        await using var registries = await Registries.StartAsync();
        string[] accounts = [Account('a'), Account('b'), Account('c'), Account('d')];
        foreach (string account in accounts)
        {
            await registries.Anvil.CallAsync("anvil_impersonateAccount", account);
            await registries.Anvil.CallAsync("anvil_setBalance", account, "0xde0b6b3a7640000");
        }

        var settings = new Dictionary<string, string>
        {
            ["RPC"] = registries.Anvil.Url.OriginalString,
            ["SENDER"] = accounts[0],
            ["MULTISIG"] = accounts[1],
            ["GUARDIAN"] = accounts[2],
            ["OWNER"] = accounts[3],
            ["APPS"] = registries.Apps.ToString(),
            ["SIGN"] = "--unlocked",
            ["MEASUREMENT"] = "0x" + new string('1', 64),
            ["IMAGE"] = "nova-kms-node:0.1.0",
        };
        foreach (string register in (string[])["PCR0", "PCR1", "PCR2"])
        {
            settings[register] = Hex.Encode(RandomNumberGenerator.GetBytes(48));
        }

        (await RunAsync(1, settings)).ShouldContain("nothing was sent");
        settings["REGISTRY"] = Proxy().Match(await RunAsync(1, settings, static block => block.Replace(" --dry-run", string.Empty, StringComparison.Ordinal))).Groups["address"].Value;
        await RunAsync(2, settings);
        settings["APP"] = (await Foundry.CastAsync("call", "--rpc-url", settings["RPC"], settings["APPS"], "appCount()(uint256)")).Trim();
        await ThroughTheTimelockAsync(3, TimelockSeconds, $"act: set the KMS app id to {settings["APP"]}, for ever");

        settings["MEASUREMENT"] = (await RunAsync(4, settings)).Trim();
        string scheduled = await ThroughTheTimelockAsync(5, TimelockSeconds, $"act: schedule the approval of measurement {settings["MEASUREMENT"]}");
        settings["ACTION"] = Action().Match(scheduled).Groups["number"].Value;
        await ThroughTheTimelockAsync(6, DelaySeconds, "act: execute action 1");

        await RunAsync(7, settings);
        settings["VERSION"] = "1";
        using var enclave = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP384);
        var node = Registries.Wallet(1);
        settings["WALLET"] = node.ToString();
        settings["TEE_KEY"] = Hex.Encode(enclave.ExportSubjectPublicKeyInfo());
        settings["NODE_URL"] = "https://one.kms.example.org";
        await RunAsync(8, settings);

        using var chain = new EthereumChain(new EthereumChainOptions(
            [registries.Anvil.Url], new ChainIdentity(AnvilProcess.DefaultChainId, WalletAddress.Parse(settings["REGISTRY"])), new FinalityRule.Depth(2)));
        (await chain.GetHeadAsync(Finality.Latest, default)).TryGet(out var at).ShouldBeTrue();
        (await chain.ReadRegistryAsync(at!, node, default)).TryGet(out var snapshot).ShouldBeTrue();
        PeerAuthorizer.Check(snapshot!, node).ShouldBeNull("it is all that a member must be");

        async Task<string> ThroughTheTimelockAsync(int block, int seconds, string act)
        {
            string first = await RunAsync(block, settings);
            first.ShouldContain(act);
            first.ShouldContain("step 1 of 2");
            await registries.Anvil.CallAsync("evm_increaseTime", seconds);
            await registries.Anvil.MineAsync();
            string second = await RunAsync(block, settings);
            second.ShouldContain("step 2 of 2");
            second.ShouldContain("sent");
            return second;
        }
    }

    [Fact]
    public async Task What_to_look_at_is_shown()
    {
        string shown = await RunAsync(9, new() { ["CLUSTER"] = $"--devnet {fixture.File}" });
        shown.Split('\n').Count(line => line.StartsWith("operator ", StringComparison.Ordinal) && line.EndsWith(" member", StringComparison.Ordinal)).ShouldBe(3, shown);
        shown.Split('\n').Count(line => line.Contains(" ready", StringComparison.Ordinal)).ShouldBe(3, shown);
    }

    [Fact]
    public async Task An_app_is_served() =>
        (await RunAsync(10, new() { ["DEVNET"] = fixture.File, ["APP"] = fixture.Devnet.Contracts.KmsApp.ToString() })).ShouldContain("ok");

    private static string Account(char digit) => "0x" + new string(digit, 40);

    private static async Task<string> RunAsync(int block, Dictionary<string, string> settings, Func<string, string>? change = null)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "novakms.dll");
        string commands = change is null ? Blocks[block] : change(Blocks[block]);
        var info = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", $"novakms() {{ dotnet exec '{program}' \"$@\"; }}\n{commands}"])
        {
            WorkingDirectory = Foundry.Root,
        };
        info.Environment["PATH"] = $"{Path.GetDirectoryName(Foundry.Program("cast"))}:{Environment.GetEnvironmentVariable("PATH")}";
        foreach (var (name, value) in settings)
        {
            info.Environment[name] = value;
        }

        var (output, errors) = await Command.RunAsync(info);
        return output + errors;
    }

    [GeneratedRegex(@"^```sh\n(?<commands>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Shell();

    [GeneratedRegex(@"^kmsRegistry=(?<address>0x[0-9a-fA-F]{40})", RegexOptions.Multiline)]
    private static partial Regex Proxy();

    [GeneratedRegex(@"^ *action +(?<number>\d+),", RegexOptions.Multiline)]
    private static partial Regex Action();
}
