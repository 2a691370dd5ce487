using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Kms.Integration.Support;

namespace Kms.Integration.Hosting;

/// <summary>samples/EmbeddedNode: a node inside another ASP.NET program.</summary>
[Collection(SharedDevnet.Name)]
public sealed class EmbeddedNodeTests(DevnetFixture fixture)
{
    [Fact]
    public async Task The_sample_answers_on_its_own_routes_and_as_a_node()
    {
        string configuration = typeof(EmbeddedNodeTests).Assembly.Location.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        string sample = Path.Combine(Foundry.Root, "samples", "EmbeddedNode", "bin", configuration, "net10.0", "EmbeddedNode.dll");
        var node = fixture.Devnet.Nodes[0];
        string root = Path.GetTempFileName();
        await File.WriteAllBytesAsync(root, fixture.Devnet.AttestationRootDer.ToArray());
        using var process = NovaKms.StartAssembly(sample,
        [
            "--urls", "http://127.0.0.1:0",
            .. OutsiderSettings.Of(fixture.Devnet, node.OdynUrl, 1, root).Select(setting => $"--NovaKms:{setting}"),
        ]);
        try
        {
            string line = (await NovaKms.ReadUntilAsync(process.StandardOutput, "Now listening on: ", TimeSpan.FromSeconds(60))).TrimEnd();
            using var http = new HttpClient { BaseAddress = new Uri(line[(line.LastIndexOf("Now listening on: ", StringComparison.Ordinal) + 18)..]) };
            (await http.GetStringAsync(new Uri("/hello", UriKind.Relative))).ShouldBe("this program has routes of its own");
            JsonObject? status = null;
            for (int i = 0; i < 100 && (status?["node"]?["tee_wallet"]?.GetValue<string>() ?? string.Empty).Length == 0; i++)
            {
                await Task.Delay(100);
                status = await http.GetFromJsonAsync<JsonObject>(new Uri("/status", UriKind.Relative));
            }

            status!["node"]!["tee_wallet"]!.GetValue<string>().ShouldBe(node.Wallet.ToString());
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            File.Delete(root);
        }
    }
}
