using System.Text.Json.Nodes;
using Kms.Devnet;
using Kms.Integration.Support;

namespace Kms.Integration.Devnet;

/// <summary><c>novakms devnet</c> as a program: whatever ends it, nothing of it is left.</summary>
public sealed class DevnetProcessTests
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("INT", true)]
    [InlineData("TERM", true)]
    [InlineData("KILL", false)]
    public async Task After_a_signal_none_of_its_processes_lives(string signal, bool graceful)
    {
        var folder = Directory.CreateTempSubdirectory("novakms-test-");
        string file = Path.Combine(folder.FullName, "devnet.json");
        using var devnet = NovaKms.Start("devnet", "--nodes", "1", "--file", file);
        try
        {
            string output = await NovaKms.ReadUntilAsync(devnet.StandardError, "devnet: ready", StartLimit);
            output.ShouldContain("node 1: ready");
            var rpc = new Uri(JsonNode.Parse(await File.ReadAllTextAsync(file))!["rpcUrl"]!.GetValue<string>());
            (await AnswersAsync(rpc)).ShouldBeTrue();
            var children = ProcessTree.Descendants(devnet.Id);
            children.Count.ShouldBeGreaterThanOrEqualTo(2);

            NovaKms.Signal(devnet, signal);

            using var limit = new CancellationTokenSource(StopLimit);
            await devnet.WaitForExitAsync(limit.Token);
            (await ProcessTree.SurvivorAsync(children, TimeSpan.FromSeconds(5))).ShouldBeNull();
            (await AnswersAsync(rpc)).ShouldBeFalse();
            if (graceful)
            {
                devnet.ExitCode.ShouldBe(0);
                File.Exists(file).ShouldBeFalse();
            }

            else
            {
                // What a killed devnet left behind is replaced by the next.
                File.Exists(file).ShouldBeTrue();
                await using var next = await DevnetCluster.StartAsync(new DevnetOptions { Nodes = 1, File = file }, _ => { }, CancellationToken.None);
                (await File.ReadAllTextAsync(file)).ShouldContain(next.Nodes[0].Wallet.ToString());
            }

            (await devnet.StandardOutput.ReadToEndAsync()).ShouldBeEmpty();
        }
        finally
        {
            if (!devnet.HasExited)
            {
                devnet.Kill();
            }

            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Without_options_three_nodes_run_and_a_person_may_take_one_away_and_bring_it_back()
    {
        var folder = Directory.CreateTempSubdirectory("novakms-test-");
        string file = Path.Combine(folder.FullName, "devnet.json");
        using var devnet = NovaKms.Start("devnet", "--interactive", "--file", file);
        try
        {
            await NovaKms.ReadUntilAsync(devnet.StandardError, "devnet: kill N, restart N, freeze, thaw, stop", StartLimit);
            var before = JsonNode.Parse(await File.ReadAllTextAsync(file))!["nodes"]!.AsArray();
            before.Count.ShouldBe(3);

            await devnet.StandardInput.WriteLineAsync("kill 4\nnonsense\nfreeze\nthaw\nkill 2\nrestart 2");
            string said = await NovaKms.ReadUntilAsync(devnet.StandardError, "node 2: ready", StartLimit);
            said.ShouldContain("'kill 4' is not one of");
            said.ShouldContain("'nonsense' is not one of");
            said.ShouldContain("node 2: killed");
            said.ShouldContain("the light client shows no newer block");
            said.ShouldContain("the light client follows the chain again");
            string wallet = before[1]!["wallet"]!.GetValue<string>();
            for (int waited = 0; waited < 100 && (await File.ReadAllTextAsync(file)).Contains(wallet, StringComparison.Ordinal); waited++)
            {
                await Task.Delay(50);
            }

            var after = JsonNode.Parse(await File.ReadAllTextAsync(file))!["nodes"]!.AsArray();
            after.Count.ShouldBe(3);
            after[1]!["url"]!.GetValue<string>().ShouldBe(before[1]!["url"]!.GetValue<string>());
            after[1]!["wallet"]!.GetValue<string>().ShouldNotBe(wallet, "another boot is another identity");
            after[0]!.ToJsonString().ShouldBe(before[0]!.ToJsonString());

            await devnet.StandardInput.WriteLineAsync("stop");
            using var limit = new CancellationTokenSource(StopLimit);
            await devnet.WaitForExitAsync(limit.Token);
            devnet.ExitCode.ShouldBe(0);
            File.Exists(file).ShouldBeFalse();
            (await devnet.StandardOutput.ReadToEndAsync()).ShouldBeEmpty();
        }
        finally
        {
            if (!devnet.HasExited)
            {
                devnet.Kill();
            }

            folder.Delete(recursive: true);
        }
    }

    private static async Task<bool> AnswersAsync(Uri rpc)
    {
        using var http = new HttpClient();
        try
        {
            using var response = await http.PostAsync(rpc, new StringContent("""{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}""", null, "application/json"));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
