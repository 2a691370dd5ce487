using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Kms.Core.Node.Serving;
using Kms.Devnet.Loopback;
using Kms.Integration.Support;

namespace Kms.Integration.Hosting;

/// <summary>In an enclave the node may be up before its supervisor and the light client: it waits, and says for what.</summary>
[Collection(SharedDevnet.Name)]
public sealed class LateStartTests(DevnetFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A_node_waits_for_supervisor_and_chain_and_says_which_is_missing()
    {
        using var own = new LoopbackPort(0);
        using var odynPort = new LoopbackPort(0);
        using var rpcPort = new LoopbackPort(0);
        string url = Url(own);
        await using var outsider = await fixture.Devnet.RegisterOutsiderAsync(new Uri(url), CancellationToken.None);
        string root = Path.GetTempFileName();
        await File.WriteAllBytesAsync(root, fixture.Devnet.AttestationRootDer.ToArray());
        string[] settings =
        [
            .. OutsiderSettings.Of(fixture.Devnet, outsider.OdynUrl, own.EndPoint.Port, root),
            $"OdynUrl={Url(odynPort)}",
            $"RpcUrl={Url(rpcPort)}",
        ];
        using var node = NovaKms.StartNode(["--listen", url, .. settings.SelectMany(setting => (string[])["--set", setting])]);
        try
        {
            (await NovaKms.ReadUntilAsync(node.StandardError, "OdynUnavailable", Patience)).ShouldContain("both waited for");
            (await ReasonAsync(url, "odyn_unavailable")).ShouldBe("odyn_unavailable");

            await using var odyn = new TcpRelay(At(outsider.OdynUrl), odynPort.EndPoint.Port);
            await NovaKms.ReadUntilAsync(node.StandardError, "ChainUnavailable", Patience);
            (await ReasonAsync(url, "chain_unavailable")).ShouldBe("chain_unavailable");

            await using var rpc = new TcpRelay(At(fixture.Devnet.RpcUrl), rpcPort.EndPoint.Port);
            await NovaKms.ReadUntilAsync(node.StandardError, "Readiness ready", Patience);
            (await ReasonAsync(url, null)).ShouldBeNull();
        }
        finally
        {
            if (!node.HasExited)
            {
                node.Kill();
            }

            await node.WaitForExitAsync();
            File.Delete(root);
        }
    }

    [Theory]
    [InlineData("https_proxy", "socks5://127.0.0.1:1", "https_proxy in the environment is not an http proxy")]
    [InlineData("NO_PROXY", "localhost:8080", "NO_PROXY in the environment is no list")]
    [InlineData("NOVAKMS_RequireV2", "Derive", "RequireV2 is a list, not one value")]
    [InlineData("NOVAKMS_REQUIREV2__0", "Nothing", "is no route class")]
    [InlineData("NOVAKMS_NovaKms__ChainId", "1", "not NovaKms:ChainId")]
    [InlineData("novakms_StatusReader__0", "x", "the nearest is StatusReaders")]
    public async Task A_wrong_environment_stops_the_start_with_advice(string name, string value, string advice)
    {
        var environment = new Dictionary<string, string?>
        {
            ["https_proxy"] = null,
            ["no_proxy"] = null,
            ["NOVAKMS_ChainId"] = "31337",
            ["NOVAKMS_KmsRegistry"] = "0x00000000000000000000000000000000000000aa",
        };
        environment[name] = value;
        using var node = NovaKms.StartWith(environment, "node", "--listen", "http://127.0.0.1:0");
        string log = await node.StandardError.ReadToEndAsync();
        await node.WaitForExitAsync();
        node.ExitCode.ShouldBe(2, log);
        log.ShouldContain(advice);
        log.ShouldNotContain("   at ");
    }

    /// <summary>The reason that the node gives now; waits for the expected one, since the log may be a step ahead.</summary>
    private static async Task<string?> ReasonAsync(string url, string? expected)
    {
        using var http = new HttpClient();
        string? reason = null;
        for (int i = 0; i < 100; i++)
        {
            var status = await http.GetFromJsonAsync<JsonObject>(new Uri(url + "/status"));
            reason = status!["reason"]?.GetValue<string>();
            if (reason == expected)
            {
                return reason;
            }

            await Task.Delay(100);
        }

        return reason;
    }

    private static string Url(LoopbackPort port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port.EndPoint.Port}");

    private static IPEndPoint At(Uri url) => new(IPAddress.Loopback, url.Port);
}
