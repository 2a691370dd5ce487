using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Kms.Integration.Support;

namespace Kms.Integration.Hosting;

/// <summary>Must show 5: where the master secret is in a real process, and where it is not.</summary>
[Collection(SharedDevnet.Name)]
public sealed class SecretMemoryTests(DevnetFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task A_ready_node_holds_one_copy_of_the_master_secret_and_a_stopped_one_none()
    {
        int port = FreePort();
        await using var outsider = await fixture.Devnet.RegisterOutsiderAsync(new Uri($"http://127.0.0.1:{port}"), CancellationToken.None);
        string root = Path.GetTempFileName();
        await File.WriteAllBytesAsync(root, fixture.Devnet.AttestationRootDer.ToArray());
        try
        {
            using var child = NovaKms.StartAssembly(typeof(SecretMemoryTests).Assembly.Location,
            [
                "node-until-told", $"http://127.0.0.1:{port}",
                .. OutsiderSettings.Of(fixture.Devnet, outsider.OdynUrl, port, root),
            ]);
            var errors = child.StandardError.ReadToEndAsync();
            try
            {
                await WaitUntilReadyAsync(port, child);
                byte[] secret = MasterSecrets.Of(fixture.Devnet.Nodes[0]);

                // One, and not none: else the scan would prove nothing.
                ProcessMemory.Find(child.Id, secret).Count.ShouldBe(1);

                await child.StandardInput.WriteLineAsync();
                (await child.StandardOutput.ReadLineAsync()).ShouldBe("stopped");
                ProcessMemory.Find(child.Id, secret).ShouldBeEmpty();

                await child.StandardInput.WriteLineAsync();
                await child.WaitForExitAsync();
                child.ExitCode.ShouldBe(0);
                (await errors).ShouldContain("secret_destroyed");
            }
            finally
            {
                if (!child.HasExited)
                {
                    child.Kill();
                }
            }
        }
        finally
        {
            File.Delete(root);
        }
    }

    private static async Task WaitUntilReadyAsync(int port, Process child)
    {
        using var http = new HttpClient();
        var clock = Stopwatch.StartNew();
        string last = "no answer";
        while (clock.Elapsed < Patience && !child.HasExited)
        {
            try
            {
                var status = await http.GetFromJsonAsync<JsonObject>(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/status")));
                if (status!["ready"]!.GetValue<bool>())
                {
                    return;
                }

                last = status.ToJsonString();
            }
            catch (HttpRequestException error)
            {
                last = error.Message;
            }

            await Task.Delay(200);
        }

        throw new InvalidOperationException($"the child did not become ready: {last}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
