using System.Text.Json.Nodes;
using Kms.Hosting.Devnet;
using Kms.Integration.Support;

namespace Kms.Integration.Devnet;

/// <summary><c>novakms devnet</c> as a program: whatever ends it, nothing of it is left.</summary>
[Collection(SharedDevnet.Name)]
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
                await using var next = await Kms.Hosting.Devnet.Devnet.StartAsync(new DevnetOptions { Nodes = 1, File = file }, _ => { }, CancellationToken.None);
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
