using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kms.Integration.Support;

namespace Kms.Integration.Cli;

/// <summary>The program's promises: the result alone on stdout, and what exit codes mean.</summary>
[Collection(SharedDevnet.Name)]
public sealed partial class CliTests(DevnetFixture fixture)
{
    [Fact]
    public async Task Derive_prints_the_key_and_nothing_else()
    {
        var run = await CliRun.OfAsync("derive", "cli/path", "--length", "16", "--devnet", fixture.File);
        run.ExitCode.ShouldBe(0, run.Log);
        SixteenBytes().IsMatch(run.Text).ShouldBeTrue(run.Text);
        run.Log.ShouldBeEmpty();

        var json = await CliRun.OfAsync("derive", "cli/path", "--length", "16", "--devnet", fixture.File, "--json");
        JsonNode.Parse(json.Output)!["key"]!.GetValue<string>().ShouldBe(run.Text.TrimEnd());

        var fingerprint = await CliRun.OfAsync("derive", "cli/path", "--devnet", fixture.File, "--fingerprint");
        fingerprint.Text.Length.ShouldBe(17);
        var both = JsonNode.Parse((await CliRun.OfAsync("derive", "cli/path", "--devnet", fixture.File, "--fingerprint", "--json")).Output)!;
        both["fingerprint"]!.GetValue<string>().ShouldBe(fingerprint.Text.TrimEnd());
        both["key"].ShouldBeNull();
    }

    [Fact]
    public async Task Values_go_in_from_a_file_and_come_out_as_they_are()
    {
        string file = Path.GetTempFileName();
        string node = DevnetFixture.UrlOf(fixture.Devnet.Nodes[0]);
        string name = "cli/" + Guid.NewGuid();
        try
        {
            byte[] value = [0, 1, 2, 0xff, (byte)'\n'];
            await File.WriteAllBytesAsync(file, value);
            var put = await CliRun.OfAsync("kv", "put", name, "--file", file, "--devnet", fixture.File, "--node", node);
            put.ExitCode.ShouldBe(0, put.Log);
            (await CliRun.OfAsync("kv", "get", name, "--devnet", fixture.File, "--node", node)).Output.ShouldBe(value);
            (await CliRun.OfAsync("kv", "list", "--devnet", fixture.File, "--node", node)).Text.Split('\n').ShouldContain(name);
            var conflict = await CliRun.OfAsync("kv", "put", name, "--file", file, "--if-version", "00", "--devnet", fixture.File, "--node", node);
            conflict.ExitCode.ShouldBe(1, conflict.Log);
            conflict.Output.ShouldBeEmpty();
            (await CliRun.OfAsync("kv", "delete", name, "--devnet", fixture.File, "--node", node)).Text.ShouldBe("deleted\n");
            (await CliRun.OfAsync("kv", "delete", name, "--devnet", fixture.File, "--node", node)).Text.ShouldBe("absent\n");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Status_has_a_line_for_each_node_and_chain_shows_the_epoch()
    {
        var status = await CliRun.OfAsync("status", "--devnet", fixture.File);
        status.ExitCode.ShouldBe(0, status.Log);
        status.Text.TrimEnd().Split('\n').Length.ShouldBe(3);
        status.Text.TrimEnd().Split('\n').ShouldAllBe(line => line.EndsWith(" ready", StringComparison.Ordinal));

        var chain = await CliRun.OfAsync("chain", "--devnet", fixture.File, "--json");
        chain.ExitCode.ShouldBe(0, chain.Log);
        JsonNode.Parse(chain.Output)!["epochs"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_detailed_status_shows_everything_that_operators_are_asked_to_check()
    {
        string manual = await File.ReadAllTextAsync(Path.Combine(Foundry.Root, "docs/operations/cli.md"));
        string[] members =
        [
            .. manual[manual.IndexOf("## What to check", StringComparison.Ordinal)..].Split('\n')
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
                .SelectMany(line => Member().Matches(line.Split('|')[1]).Select(match => match.Groups[1].Value)),
        ];
        members.Length.ShouldBeGreaterThan(15);
        members.ShouldContain("store.oldest_epoch");

        var shown = await CliRun.OfAsync("status", "--detail", "--json", "--devnet", fixture.File);
        shown.ExitCode.ShouldBe(0, shown.Log);
        var line = await CliRun.OfAsync("status", "--detail", "--devnet", fixture.File);
        var nodes = JsonNode.Parse(shown.Output)!.AsArray();
        nodes.Count.ShouldBe(3);
        line.Text.TrimEnd().Split('\n').Length.ShouldBe(3);
        foreach (string member in members)
        {
            string[] path = member.Split('.');
            foreach (var details in nodes.Select(node => node!["details"]!))
            {
                var at = path[..^1].Aggregate(details, (node, name) => node[name]!);
                at.AsObject().ContainsKey(path[^1]).ShouldBeTrue(member);
            }

            line.Text.Split($"\"{path[^1]}\":").Length.ShouldBeGreaterThan(3, member);
        }

        nodes[0]!["details"]!["caught_up"]!.GetValue<bool>().ShouldBeTrue();
        var proposals = nodes[0]!["details"]!["proposals"]!;
        proposals["blocks"]!.GetValue<ulong>().ShouldBeGreaterThanOrEqualTo(proposals["blocks_needed"]!.GetValue<ulong>());
        proposals["blocks_needed"]!.GetValue<ulong>().ShouldBe((3 * fixture.Devnet.FinalityDepth) + 1);
        nodes[0]!["details"]!["epochs"]![0]!["state"]!.GetValue<string>().ShouldBe("active");
    }

    [Fact]
    public async Task A_refusal_is_1()
    {
        var missing = await CliRun.OfAsync("kv", "get", "cli/never-written", "--devnet", fixture.File);
        missing.ExitCode.ShouldBe(1);
        missing.Output.ShouldBeEmpty();
        missing.Log.ShouldContain("NotFound");
        (await CliRun.OfAsync("derive", "p", "--length", "1025", "--devnet", fixture.File)).ExitCode.ShouldBe(1);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("derive")]
    [InlineData("derive", "p", "--length", "ten")]
    [InlineData("derive", "p", "--devnet", "/nowhere/devnet.json")]
    [InlineData("derive", "p", "--devnet", "/tmp")]
    [InlineData("derive", "p", "--rpc-url", "http://127.0.0.1:1")]
    [InlineData("derive", "p", "--rpc-url", "ftp://x", "--chain-id", "1", "--registry", "0x00000000000000000000000000000000000000aa")]
    [InlineData("derive", "p", "--rpc-url", "http://127.0.0.1:1", "--chain-id", "1", "--registry", "0x00000000000000000000000000000000000000aa")]
    [InlineData("derive", "p", "--rpc-url", "http://xn--\u0130", "--chain-id", "1", "--registry", "0x00000000000000000000000000000000000000aa")]
    [InlineData("derive", "p", "--rpc-url", "http://127.0.0.1:1", "--devnet", "x")]
    [InlineData("derive", "p", "--chain-id", "1")]
    [InlineData("kv")]
    [InlineData("kv", "get")]
    [InlineData("kv", "put", "k", "the value as an argument")]
    [InlineData("devnet", "--nodes", "0")]
    [InlineData("devnet", "--nodes", "33")]
    [InlineData("devnet", "--finality-depth", "0")]
    [InlineData("devnet", "--rpc-port", "65536")]
    [InlineData("devnet", "--node-port", "65534")]
    [InlineData("node", "--listen", "nonsense", "--set", "ChainId=1")]
    [InlineData("node", "--listen", "https://127.0.0.1:0", "--set", "ChainId=1")]
    [InlineData("node", "--set", "ChainId=nonsense")]
    [InlineData("node", "--set", "ChainId=1")]
    [InlineData("node", "--config", "/nowhere/node.json")]
    public async Task Wrong_usage_is_2_and_says_something(params string[] arguments)
    {
        var run = await CliRun.OfAsync(arguments);
        run.ExitCode.ShouldBe(2, run.Log);
        run.Output.ShouldBeEmpty();
        run.Log.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("--node", "nonsense")]
    [InlineData("--node", "http://127.0.0.1:99999")]
    [InlineData("--node", "http://xn--\u0130")]
    [InlineData("--epoch", "0")]
    [InlineData("--wallet-key-file", "/nowhere")]
    [InlineData("--wallet-key-file", "/nowhere", "--tee-key-file", "/nowhere")]
    [InlineData("--wallet-key-file", "/dev/null", "--tee-key-file", "/dev/null")]
    [InlineData("--odyn", "nonsense")]
    [InlineData("--odyn", "http://127.0.0.1:1", "--wallet-key-file", "/dev/null", "--tee-key-file", "/dev/null")]
    public async Task Options_that_cannot_be_meant_are_2_even_when_the_cluster_is_there(params string[] arguments)
    {
        var run = await CliRun.OfAsync(["derive", "p", "--devnet", fixture.File, .. arguments]);
        run.ExitCode.ShouldBe(2, run.Log);
        run.Output.ShouldBeEmpty();
        run.Log.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("garbage")]
    [InlineData("""{"chainId":31337,"rpcUrl":"http://127.0.0.1:1"}""")]
    public async Task A_file_that_describes_no_devnet_is_2_and_no_devnet_takes_it(string text)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, text);
            var run = await CliRun.OfAsync("status", "--devnet", file);
            run.ExitCode.ShouldBe(2, run.Log);
            run.Log.ShouldContain(file);
            (await CliRun.OfAsync("devnet", "--nodes", "1", "--file", file)).ExitCode.ShouldBe(3);
            (await File.ReadAllTextAsync(file)).ShouldBe(text, "it may be somebody's");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task What_is_in_use_or_cannot_be_written_is_3_and_named()
    {
        string url = DevnetFixture.UrlOf(fixture.Devnet.Nodes[0]);
        string port = fixture.Devnet.Nodes[0].Url.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        string rpc = fixture.Devnet.RpcUrl.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        string never = Path.Combine(Path.GetDirectoryName(fixture.File)!, "never.json");
        var taken = await CliRun.OfAsync("devnet", "--nodes", "1", "--file", fixture.File);
        taken.ExitCode.ShouldBe(3, taken.Log);
        taken.Log.ShouldContain("belongs to a devnet that runs");
        var nodePort = await CliRun.OfAsync("devnet", "--nodes", "1", "--node-port", port, "--file", never);
        nodePort.ExitCode.ShouldBe(3, nodePort.Log);
        nodePort.Log.ShouldContain($"port {port} cannot be used");
        var chain = await CliRun.OfAsync("devnet", "--nodes", "1", "--rpc-port", rpc, "--file", never);
        chain.ExitCode.ShouldBe(3, chain.Log);
        chain.Log.ShouldContain("anvil did not start");
        var unwritable = await CliRun.OfAsync("devnet", "--nodes", "1", "--file", "/proc/novakms/devnet.json");
        unwritable.ExitCode.ShouldBe(3, unwritable.Log);
        unwritable.Log.ShouldContain("/proc/novakms/devnet.json cannot be written");
        string root = Path.GetTempFileName();
        await File.WriteAllBytesAsync(root, fixture.Devnet.AttestationRootDer.ToArray());
        var settings = OutsiderSettings.Of(fixture.Devnet, fixture.Devnet.Nodes[0].OdynUrl, 1, root);
        var node = await CliRun.OfAsync(["node", "--listen", url, .. settings.SelectMany(setting => (string[])["--set", setting])]);
        File.Delete(root);
        node.ExitCode.ShouldBe(3, node.Log);
        node.Log.ShouldContain($"cannot listen at {url}");
    }

    [Fact]
    public async Task Nobody_there_is_3()
    {
        string[] nowhere = ["--rpc-url", "http://127.0.0.1:1", "--chain-id", "1", "--registry", "0x00000000000000000000000000000000000000aa"];
        string wallet = Path.GetTempFileName();
        string tee = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(wallet, fixture.Devnet.App.Keys.WalletPrivateKey);
            await File.WriteAllTextAsync(tee, fixture.Devnet.App.Keys.TeePrivateKeyPkcs8);
            var run = await CliRun.OfAsync(["derive", "p", .. nowhere, "--wallet-key-file", wallet, "--tee-key-file", tee]);
            run.ExitCode.ShouldBe(3, run.Log);
            run.Output.ShouldBeEmpty();
            (await CliRun.OfAsync(["chain", .. nowhere])).ExitCode.ShouldBe(3);
        }
        finally
        {
            File.Delete(wallet);
            File.Delete(tee);
        }
    }

    [Fact]
    public async Task Only_the_named_nodes_are_asked_and_only_those_that_the_chain_lists()
    {
        var status = await CliRun.OfAsync("status", "--devnet", fixture.File, "--json", "--node", DevnetFixture.UrlOf(fixture.Devnet.Nodes[2]));
        JsonNode.Parse(status.Output)!.AsArray().ShouldHaveSingleItem()!["wallet"]!.GetValue<string>().ShouldBe(fixture.Devnet.Nodes[2].Wallet.ToString());
        var nobody = await CliRun.OfAsync("derive", "p", "--devnet", fixture.File, "--node", DevnetFixture.UrlOf(fixture.Devnet.Nodes[0]).Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal));
        nobody.ExitCode.ShouldBe(3, nobody.Log);
        nobody.Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("derive", "json/path")]
    [InlineData("kv", "put", "json/key", "--file", "/dev/null")]
    [InlineData("kv", "get", "json/key")]
    [InlineData("kv", "list")]
    [InlineData("kv", "delete", "json/key")]
    [InlineData("status")]
    [InlineData("chain")]
    public async Task Every_result_comes_as_one_json_value_too(params string[] arguments)
    {
        string node = DevnetFixture.UrlOf(fixture.Devnet.Nodes[0]);
        if (arguments is ["kv", "get" or "delete", ..])
        {
            (await CliRun.OfAsync("kv", "put", "json/key", "--file", "/dev/null", "--devnet", fixture.File, "--node", node)).ExitCode.ShouldBe(0);
        }

        var run = await CliRun.OfAsync([.. arguments, "--devnet", fixture.File, "--node", node, "--json"]);
        run.ExitCode.ShouldBe(0, run.Log);
        run.Log.ShouldBeEmpty();
        JsonNode.Parse(run.Output).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_value_comes_from_stdin_in_a_pipe()
    {
        using var put = NovaKms.Start("kv", "put", "cli/stdin", "--devnet", fixture.File);
        await put.StandardInput.WriteAsync("from a pipe");
        put.StandardInput.Close();
        string version = await put.StandardOutput.ReadToEndAsync();
        await put.WaitForExitAsync();
        put.ExitCode.ShouldBe(0, await put.StandardError.ReadToEndAsync());
        version.ShouldMatch("^[0-9a-f]+\n$");
        (await CliRun.OfAsync("kv", "delete", "cli/stdin", "--devnet", fixture.File)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task The_commands_that_the_documentation_shows_work()
    {
        string text = await File.ReadAllTextAsync(Path.Combine(Foundry.Root, "README.md")) + await File.ReadAllTextAsync(Path.Combine(Foundry.Root, "docs/operations/cli.md"));
        string[][] shown =
        [
            .. Shown().Matches(text).Select(match => match.Groups[1].Value.Split(' ')).Where(words => words[0] is not ("devnet" or "COMMAND")),
        ];
        shown.Length.ShouldBeGreaterThanOrEqualTo(4);
        shown.ShouldContain(words => words[0] == "derive");
        foreach (string[] words in shown)
        {
            string[] arguments = [.. words, "--devnet", fixture.File, "--node", DevnetFixture.UrlOf(fixture.Devnet.Nodes[0])];
            var run = await CliRun.OfAsync(words is ["kv", "put", ..] ? [.. arguments, "--file", "/dev/null"] : arguments);
            run.ExitCode.ShouldBe(0, $"{string.Join(' ', words)}: {run.Log}");
        }
    }

    [Fact]
    public async Task The_app_may_speak_through_its_odyn()
    {
        var local = await CliRun.OfAsync("derive", "cli/odyn", "--devnet", fixture.File);
        var odyn = await CliRun.OfAsync("derive", "cli/odyn", "--devnet", fixture.File, "--odyn", fixture.Devnet.App.OdynUrl.GetLeftPart(UriPartial.Authority));
        odyn.ExitCode.ShouldBe(0, odyn.Log);
        odyn.Text.ShouldBe(local.Text);
    }

    [GeneratedRegex("(?:^dotnet run --project src/Kms.Cli --|(?:^|\\| )novakms) ([a-z].*)$", RegexOptions.Multiline)]
    private static partial Regex Shown();

    [GeneratedRegex("`([a-z_.0-9]+)`")]
    private static partial Regex Member();

    [GeneratedRegex("^0x[0-9a-f]{32}\n$")]
    private static partial Regex SixteenBytes();
}
