using System.Globalization;
using System.Text;
using Kms.Devnet;
using Kms.Integration.Cli;
using Kms.Integration.Support;
using Kms.Sim.Network;

namespace Kms.Integration.Devnet;

/// <summary>Somebody else answers at the port of a dead member: no node, and no command, may care (finding R1).</summary>
public sealed class HostilePortTests
{
    private const int Answers = 1_000;
    private const int Commands = 50;

    [Fact]
    public async Task Whatever_a_dead_member_s_port_answers_every_other_node_stays_ready_with_what_it_holds_and_the_commands_work()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("novakms").FullName, "devnet.json");
        var options = new DevnetOptions { Nodes = 4, File = file, TickMs = 100, HeadPollMs = 50 };
        await using var devnet = await DevnetCluster.StartAsync(options, _ => { }, CancellationToken.None);
        var dead = devnet.Nodes[3];
        await devnet.KillNodeAsync(dead);

        var hostile = new HostileStructure(new Random(1).Next);
        int asked = 0;
        await using (var server = new RawServer(async (request, stream) =>
        {
            int turn = Interlocked.Increment(ref asked);
            byte[] truth = request.Path == "/nonce"
                ? """{"nonce":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"""u8.ToArray()
                : """{"node":{"tee_wallet":"0x11","service_available":true},"ready":true,"reason":null}"""u8.ToArray();
            byte[] body;
            lock (hostile)
            {
                body = turn % 2 == 1 ? HostileStructure.ElevenBytes.ToArray() : hostile.OfJson(truth);
            }

            await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\ncontent-length: {body.Length}\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n")));
            await stream.WriteAsync(body);
        }, port: dead.EndPoint.Port))
        {
            for (int i = 0; asked < Answers && i < 1_200; i++)
            {
                await Task.Delay(100);
            }

            asked.ShouldBeGreaterThanOrEqualTo(Answers, "it was asked, again and again");
            var status = await CliRun.OfAsync("status", "--devnet", file);
            status.ExitCode.ShouldBe(0, status.Log);
            status.Text.Split('\n').Count(line => line.EndsWith(" ready", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(3);
            status.Log.ShouldNotContain("   at ");
            var key = await CliRun.OfAsync("derive", "wallets/hot", "--fingerprint", "--devnet", file);
            key.ExitCode.ShouldBe(0, key.Log);
            for (int i = 0; i < Commands; i++)
            {
                var alone = await CliRun.OfAsync("derive", "wallets/hot", "--devnet", file, "--node", DevnetUrl(dead));
                alone.ExitCode.ShouldBe(3, alone.Log);
                alone.Log.ShouldNotContain("   at ");
            }
        }

        foreach (var node in devnet.Nodes.Take(3))
        {
            node.IsReady.ShouldBeTrue($"node {node.Number}");
        }
    }

    [Fact]
    public async Task The_detailed_status_is_shown_to_a_wallet_that_may_read_it()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("novakms").FullName, "devnet.json");
        await using var devnet = await DevnetCluster.StartAsync(
            new DevnetOptions { Nodes = 1, File = file, TickMs = 300, HeadPollMs = 100 }, _ => { }, CancellationToken.None);
        var shown = await CliRun.OfAsync("status", "--detail", "--json", "--devnet", file);
        shown.ExitCode.ShouldBe(0, shown.Log);
        var details = System.Text.Json.Nodes.JsonNode.Parse(shown.Text)![0]!["details"]!;
        details["epochs"]![0]!["state"]!.GetValue<string>().ShouldBe("active");
        details.AsObject().ContainsKey("unfunded").ShouldBeTrue();
        details["internal_errors"]!.AsObject().ShouldBeEmpty();
        var line = await CliRun.OfAsync("status", "--detail", "--devnet", file);
        line.Text.ShouldContain("\"internal_errors\"");
    }

    private static string DevnetUrl(DevnetNode node) => string.Create(CultureInfo.InvariantCulture, $"http://{node.EndPoint}");
}
