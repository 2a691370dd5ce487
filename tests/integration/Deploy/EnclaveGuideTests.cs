using System.Diagnostics;
using System.Text.RegularExpressions;
using Kms.Integration.Support;

namespace Kms.Integration.Deploy;

/// <summary>The shell commands of docs/operations/enclave.md, as they stand there, against a devnet.</summary>
[Collection(SharedDevnet.Name)]
public sealed partial class EnclaveGuideTests(DevnetFixture fixture)
{
    private static readonly string[] Blocks =
        [.. Shell().Matches(File.ReadAllText(Path.Combine(Foundry.Root, "docs", "operations", "enclave.md"))).Select(match => match.Groups["commands"].Value)];

    [Fact]
    public void There_are_the_commands_that_are_run_here() =>
        Blocks.Select(block => block.Split(' ', 4)[..3]).Select(words => string.Join(' ', words)).ShouldBe(
            ["node contracts/tools/kms-registry.mjs deploy", "node contracts/tools/kms-registry.mjs set-app-id", "novakms chain $CLUSTER\nnovakms"]);

    [Fact]
    public async Task The_proxy_comes_first_then_the_app_then_its_id()
    {
        string[] accounts = [Account('a'), Account('b'), Account('c')];
        foreach (string account in accounts)
        {
            await Foundry.CastAsync("rpc", "--rpc-url", fixture.Devnet.RpcUrl.OriginalString, "anvil_impersonateAccount", account);
            await Foundry.CastAsync("rpc", "--rpc-url", fixture.Devnet.RpcUrl.OriginalString, "anvil_setBalance", account, "0xde0b6b3a7640000");
        }

        var settings = new Dictionary<string, string>
        {
            ["RPC"] = fixture.Devnet.RpcUrl.OriginalString,
            ["SENDER"] = accounts[0],
            ["MULTISIG"] = accounts[1],
            ["GUARDIAN"] = accounts[2],
            ["APPS"] = fixture.Devnet.NovaAppRegistry.ToString(),
            ["MEASUREMENT"] = "0x" + new string('1', 64),
            ["SIGN"] = "--unlocked",
        };
        (await RunAsync(Blocks[0], settings)).ShouldContain("nothing was sent");
        string deployed = await RunAsync(Blocks[0].Replace(" --dry-run", string.Empty, StringComparison.Ordinal), settings);
        settings["REGISTRY"] = Proxy().Match(deployed).Groups["address"].Value;
        await Foundry.CastAsync(
            "send", "--rpc-url", settings["RPC"], "--from", accounts[0], "--unlocked", settings["APPS"], "devCreateApp(address,string)", settings["REGISTRY"], "kms");
        settings["APP"] = (await Foundry.CastAsync("call", "--rpc-url", settings["RPC"], settings["APPS"], "appCount()(uint256)")).Trim();

        string planned = await RunAsync(Blocks[1], settings);

        planned.ShouldContain($"act: set the KMS app id to {settings["APP"]}, for ever");
        planned.ShouldContain("nothing was sent");
    }

    [Fact]
    public async Task What_to_look_at_is_shown()
    {
        string shown = await RunAsync(Blocks[2], new() { ["CLUSTER"] = $"--devnet {fixture.File}" });
        shown.Split('\n').Count(line => line.StartsWith("operator ", StringComparison.Ordinal) && line.EndsWith(" member", StringComparison.Ordinal)).ShouldBe(3, shown);
        shown.Split('\n').Count(line => line.Contains(" ready", StringComparison.Ordinal)).ShouldBe(3, shown);
    }

    private static string Account(char digit) => "0x" + new string(digit, 40);

    private static async Task<string> RunAsync(string commands, Dictionary<string, string> settings)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "novakms.dll");
        var info = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", $"novakms() {{ dotnet exec '{program}' \"$@\"; }}\n{commands}"])
        {
            WorkingDirectory = Foundry.Root,
        };
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
}
