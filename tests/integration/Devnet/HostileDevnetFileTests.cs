using Kms.Devnet;
using Kms.Integration.Cli;
using Kms.Integration.Support;
using Kms.Node;

namespace Kms.Integration.Devnet;

/// <summary>A devnet.json that somebody else wrote: taken as a whole or refused with a reason, and nothing in it fails later.</summary>
public sealed class HostileDevnetFileTests
{
    private const string Long = "\"0x" + "1111111111111111111111111111111111111111111111111111111111111111" + "11\"";

    /// <summary>Where, what, and the word of the refusal that tells a person where to look.</summary>
    public static TheoryData<string, string, string> Hostile => new()
    {
        { "", "{}", "chainId" },
        { "", "[1]", "object" },
        { "", "null", "object" },
        { "", "", "Malformed" },
        { "", "{\"\\ud800\":1}", "NotText" },
        { "", "{\"chainId\":1,\"chainId\":2}", "RepeatedName" },
        { "", "\uFEFF{}", "NotUtf8" },
        { "chainId", "0", "chainId" },
        { "chainId", "-1", "chainId" },
        { "chainId", "1e3", "chainId" },
        { "chainId", "18446744073709551616", "chainId" },
        { "chainId", "1e999999999", "chainId" },
        { "chainId", "\"31337\"", "chainId" },
        { "rpcUrl", "null", "rpcUrl" },
        { "rpcUrl", "7", "rpcUrl" },
        { "rpcUrl", "\"nonsense\"", "rpcUrl" },
        { "rpcUrl", "\"/etc/passwd\"", "rpcUrl" },
        { "rpcUrl", "\"file:///etc/passwd\"", "rpcUrl" },
        { "rpcUrl", "\"ftp://127.0.0.1\"", "rpcUrl" },
        { "rpcUrl", "\"http://127.0.0.1:99999\"", "rpcUrl" },
        { "rpcUrl", "\"http://xn--\\u0130.\\u2488\"", "rpcUrl" },
        { "rpcUrl", "\"http://\\ud800\"", "NotText" },
        { "contracts", "null", "contracts" },
        { "contracts", "[]", "contracts" },
        { "contracts/kmsRegistry", "\"0x00\"", "contracts.kmsRegistry" },
        { "contracts/kmsRegistry", "\"0x0000000000000000000000000000000000000000\"", "contracts.kmsRegistry" },
        { "contracts/novaAppRegistry", "null", "contracts.novaAppRegistry" },
        { "contracts/novaAppRegistry", "\"0xzz\"", "contracts.novaAppRegistry" },
        { "nodes", "null", "nodes" },
        { "nodes", "{}", "nodes" },
        { "nodes", "[null]", "nodes[0]" },
        { "nodes", "[[]]", "nodes[0]" },
        { "nodes/0/url", "null", "nodes[0].url" },
        { "nodes/0/url", "\"127.0.0.1:1\"", "nodes[0].url" },
        { "nodes/0/url", "\"mailto:a@b\"", "nodes[0].url" },
        { "nodes/0/wallet", "\"me\"", "nodes[0].wallet" },
        { "nodes/0/teePublicKey", "\"0x04\"", "nodes[0].teePublicKey" },
        { "nodes/0/odynUrl", "\"\"", "nodes[0].odynUrl" },
        { "app", "null", "app" },
        { "app/appId", "0", "app.appId" },
        { "app/versionId", "-2", "app.versionId" },
        { "app/instanceId", "1.5", "app.instanceId" },
        { "app/wallet", "\"0x00000000000000000000000000000000000000aa\"", "app.wallet" },
        { "app/wallet", "false", "app.wallet" },
        { "app/walletPrivateKey", "\"0xzz\"", "app.walletPrivateKey" },
        { "app/walletPrivateKey", "\"0x1\"", "app.walletPrivateKey" },
        { "app/walletPrivateKey", "\"\"", "app.walletPrivateKey" },
        { "app/walletPrivateKey", Long, "app.walletPrivateKey" },
        { "app/walletPrivateKey", "\"0x0000000000000000000000000000000000000000000000000000000000000000\"", "app.walletPrivateKey" },
        { "app/walletPrivateKey", "\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"", "app.walletPrivateKey" },
        { "app/teePublicKey", "\"0x00\"", "app.teePublicKey" },
        { "app/teePrivateKeyPkcs8", "\"0xzz\"", "app.teePrivateKeyPkcs8" },
        { "app/teePrivateKeyPkcs8", "\"0x00\"", "app.teePrivateKeyPkcs8" },
        { "app/teePrivateKeyPkcs8", Long, "app.teePrivateKeyPkcs8" },
        { "app/teePrivateKeyPkcs8", "\"0x303e020100301006072a8648ce3d020106052b81040022\"", "app.teePrivateKeyPkcs8" },
        { "app/odynUrl", "\"javascript:1\"", "app.odynUrl" },
    };

    [Fact]
    public async Task What_the_hostile_ones_are_made_from_is_taken() =>
        await DescribedDevnet.UsingAsync(DescribedDevnet.Json().ToJsonString(), file =>
        {
            DevnetFile.Read(file).App.AppId.ShouldBe(1UL);
            return Task.CompletedTask;
        });

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task A_hostile_file_is_refused_and_the_refusal_says_where(string path, string value, string named) =>
        await DescribedDevnet.UsingAsync(DescribedDevnet.With(path, value), file =>
        {
            var error = Should.Throw<DevnetException>(() => DevnetFile.Read(file));
            error.Message.ShouldContain(file);
            error.Message.ShouldContain(named);
            error.Message.ShouldNotContain("0xzz", Case.Sensitive, "a value may be a key");
            return Task.CompletedTask;
        });

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task The_program_calls_it_wrong_usage_in_one_line(string path, string value, string named) =>
        await DescribedDevnet.UsingAsync(DescribedDevnet.With(path, value), async file =>
        {
            foreach (string[] command in (string[][])[["derive", "p"], ["status"], ["chain"]])
            {
                var run = await CliRun.OfAsync([.. command, "--devnet", file]);
                run.ExitCode.ShouldBe(ExitCode.Usage, run.Log);
                run.Output.ShouldBeEmpty();
                run.Log.ShouldContain(named);
                run.Log.TrimEnd().Split('\n').Length.ShouldBe(1, run.Log);
            }
        });

    [Theory]
    [InlineData("")]
    [InlineData("/dev/zero")]
    [InlineData("a\0b")]
    public async Task What_is_no_file_is_wrong_usage_too(string path)
    {
        var run = await CliRun.OfAsync("derive", "p", "--devnet", path);
        run.ExitCode.ShouldBe(ExitCode.Usage, run.Log);
        run.Log.ShouldNotBeEmpty();
    }
}
