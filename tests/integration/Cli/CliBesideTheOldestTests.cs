using Kms.Integration.Support;

namespace Kms.Integration.Cli;

/// <summary>The command line, where the nodes' supervisors seal as they did first.</summary>
[Collection(OldestDevnet.Name)]
public sealed class CliBesideTheOldestTests(OldestDevnetFixture fixture) : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task An_app_is_served_by_the_scheme_that_the_devnets_file_names()
    {
        var run = await CliRun.OfAsync("derive", "oldest/path", "--length", "16", "--devnet", fixture.File);
        run.ExitCode.ShouldBe(0, run.Log);
        run.Text.ShouldMatch("^0x[0-9a-f]{32}\n$");
    }

    [Fact]
    public async Task Another_scheme_is_refused_and_named()
    {
        string devnet = await File.ReadAllTextAsync(fixture.File);
        devnet.ShouldContain("odyn-until-1.4.1");
        await File.WriteAllTextAsync(_file, devnet.Replace("odyn-until-1.4.1", "capsule-from-1.8.0", StringComparison.Ordinal));
        var run = await CliRun.OfAsync("derive", "oldest/path", "--devnet", _file);
        run.ExitCode.ShouldBe(1, run.Log);
        run.Output.ShouldBeEmpty();
        run.Log.ShouldContain("envelope_unreadable");
    }

    [Fact]
    public async Task Values_go_in_and_come_out()
    {
        const string Value = "from the oldest";
        await File.WriteAllTextAsync(_file, Value);
        var put = await CliRun.OfAsync("kv", "put", "cli/oldest", "--file", _file, "--devnet", fixture.File);
        put.ExitCode.ShouldBe(0, put.Log);
        (await CliRun.OfAsync("kv", "get", "cli/oldest", "--devnet", fixture.File)).Text.ShouldBe(Value);
        (await CliRun.OfAsync("kv", "delete", "cli/oldest", "--devnet", fixture.File)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Status_and_chain_look_the_same()
    {
        (await CliRun.OfAsync("status", "--devnet", fixture.File)).Text.Split('\n').Count(static line => line.Contains(" ready", StringComparison.Ordinal)).ShouldBe(3);
        (await CliRun.OfAsync("chain", "--devnet", fixture.File)).Text.Split('\n').Count(static line => line.EndsWith(" member", StringComparison.Ordinal)).ShouldBe(3);
    }
}
