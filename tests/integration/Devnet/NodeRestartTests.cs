using System.Text.Json.Nodes;
using Kms.Devnet;
using Kms.Integration.Support;

namespace Kms.Integration.Devnet;

/// <summary>A node dies and another takes its place, in a devnet of its own because identities change.</summary>
public sealed class NodeRestartTests
{
    [Fact]
    public async Task A_restarted_node_has_a_new_identity_and_the_file_says_so()
    {
        var folder = Directory.CreateTempSubdirectory("novakms-test-");
        string file = Path.Combine(folder.FullName, "devnet.json");
        try
        {
            await using (var devnet = await DevnetCluster.StartAsync(
                new DevnetOptions { Nodes = 2, File = file }, _ => { }, CancellationToken.None))
            {
                var node = devnet.Nodes[1];
                string before = node.Wallet.ToString();
                byte[] secret = MasterSecrets.Of(node);
                await devnet.KillNodeAsync(node);
                node.IsRunning.ShouldBeFalse();
                using (var http = new HttpClient())
                {
                    await Should.ThrowAsync<HttpRequestException>(() => http.GetAsync(new Uri(node.Url, "/status")));
                }

                await devnet.RestartNodeAsync(node, CancellationToken.None);
                node.Wallet.ToString().ShouldNotBe(before);
                MasterSecrets.Of(node).ShouldBe(secret);
                var listed = JsonNode.Parse(await File.ReadAllTextAsync(file))!["nodes"]![1]!;
                listed["wallet"]!.GetValue<string>().ShouldBe(node.Wallet.ToString());
                listed["url"]!.GetValue<string>().ShouldBe(DevnetFixture.UrlOf(node));
            }

            File.Exists(file).ShouldBeFalse();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
