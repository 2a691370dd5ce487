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
    [InlineData("derive", "p", "--rpc-url", "http://127.0.0.1:1")]
    [InlineData("devnet", "--nodes", "0")]
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
    public async Task The_app_may_speak_through_its_odyn()
    {
        var local = await CliRun.OfAsync("derive", "cli/odyn", "--devnet", fixture.File);
        var odyn = await CliRun.OfAsync("derive", "cli/odyn", "--devnet", fixture.File, "--odyn", fixture.Devnet.App.OdynUrl.GetLeftPart(UriPartial.Authority));
        odyn.ExitCode.ShouldBe(0, odyn.Log);
        odyn.Text.ShouldBe(local.Text);
    }

    [GeneratedRegex("^0x[0-9a-f]{32}\n$")]
    private static partial Regex SixteenBytes();
}
