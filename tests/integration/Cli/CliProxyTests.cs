using System.Net;
using System.Security.Cryptography.X509Certificates;
using Kms.Integration.Support;

namespace Kms.Integration.Cli;

/// <summary>In an enclave the way out is a CONNECT proxy, and the environment says where: for the program, too.</summary>
[Collection(SharedDevnet.Name)]
public sealed class CliProxyTests(DevnetFixture fixture)
{
    private const string Name = "kms-1.example.org";

    [Theory]
    [InlineData("https_proxy", false)]
    [InlineData("HTTPS_PROXY", false)]
    [InlineData("--proxy", true)]
    public async Task With_odyn_a_command_reaches_a_node_by_name_through_the_proxy(string given, bool isOption)
    {
        using var authority = new TestAuthority();
        await using var ingress = new TcpRelay(new IPEndPoint(IPAddress.Loopback, fixture.Devnet.Nodes[0].Url.Port), certificate: authority.Issue(Name));
        await using var proxy = new ConnectProxy(new Dictionary<string, IPEndPoint> { [Name] = ingress.EndPoint });
        string roots = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(roots, authority.Root.ExportCertificatePem());
            var environment = new Dictionary<string, string?>
            {
                ["SSL_CERT_FILE"] = roots,
                ["https_proxy"] = isOption ? "http://127.0.0.1:1" : null,
                ["no_proxy"] = "localhost,127.0.0.1",
            };
            if (!isOption)
            {
                environment[given] = proxy.Url.GetLeftPart(UriPartial.Authority);
            }

            using var run = NovaKms.StartWith(environment,
            [
                "derive", "cli/proxy", "--devnet", fixture.File, "--node", $"https://{Name}",
                "--odyn", fixture.Devnet.App.OdynUrl.GetLeftPart(UriPartial.Authority),
                .. isOption ? (string[])[given, proxy.Url.GetLeftPart(UriPartial.Authority)] : [],
            ]);
            string key = await run.StandardOutput.ReadToEndAsync();
            string log = await run.StandardError.ReadToEndAsync();
            await run.WaitForExitAsync();
            run.ExitCode.ShouldBe(0, log);
            key.ShouldBe((await CliRun.OfAsync("derive", "cli/proxy", "--devnet", fixture.File)).Text);
            proxy.Authorities.ShouldNotBeEmpty();
            proxy.Authorities.Distinct().ShouldBe([$"{Name}:443"], "loopback is no business of the proxy");
        }
        finally
        {
            File.Delete(roots);
        }
    }

    [Fact]
    public async Task A_chain_outside_is_reached_through_the_proxy_as_well()
    {
        await using var proxy = new ConnectProxy(new Dictionary<string, IPEndPoint>());
        var environment = new Dictionary<string, string?> { ["https_proxy"] = proxy.Url.GetLeftPart(UriPartial.Authority), ["no_proxy"] = null };
        using var run = NovaKms.StartWith(environment, "chain", "--rpc-url", "https://rpc.example.org/key", "--chain-id", "1", "--registry", "0x00000000000000000000000000000000000000aa");
        string log = await run.StandardError.ReadToEndAsync();
        await run.WaitForExitAsync();
        run.ExitCode.ShouldBe(3, log);
        proxy.Authorities.Distinct().ShouldBe(["rpc.example.org:443"]);
    }

    [Theory]
    [InlineData("https_proxy", "http://user:pass-word@127.0.0.1:1", "https_proxy in the environment is not an http proxy")]
    [InlineData("no_proxy", "127.0.0.1:1", "no_proxy in the environment is no list")]
    public async Task A_proxy_that_cannot_be_meant_is_wrong_usage(string name, string value, string advice)
    {
        using var run = NovaKms.StartWith(new Dictionary<string, string?> { [name] = value }, "status", "--devnet", fixture.File);
        string log = await run.StandardError.ReadToEndAsync();
        await run.WaitForExitAsync();
        run.ExitCode.ShouldBe(2, log);
        log.ShouldContain(advice);
        log.ShouldContain("--proxy");
        log.ShouldNotContain("pass-word");

        var option = await CliRun.OfAsync("status", "--devnet", fixture.File, "--proxy", "ftp://127.0.0.1");
        option.ExitCode.ShouldBe(2, option.Log);
        option.Log.ShouldContain("--proxy is not an http proxy");
    }
}
