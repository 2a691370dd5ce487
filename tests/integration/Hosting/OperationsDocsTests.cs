using System.Text.RegularExpressions;
using Kms.Hosting;
using Kms.Integration.Cli;
using Kms.Integration.Support;

namespace Kms.Integration.Hosting;

/// <summary>docs/operations says what the programs do.</summary>
public sealed partial class OperationsDocsTests
{
    [Fact]
    public void The_embedding_snippet_is_the_sample()
    {
        string sample = File.ReadAllText(Path.Combine(Foundry.Root, "samples", "EmbeddedNode", "Program.cs"));
        Read("embedding.md").ShouldContain(sample[sample.IndexOf("var builder", StringComparison.Ordinal)..].TrimEnd());
    }

    [Fact]
    public void Every_key_of_the_configuration_is_described_and_no_other()
    {
        var described = Key().Matches(Read("configuration.md")).Select(match => match.Groups[1].Value);
        var real = typeof(NovaKmsOptions).GetProperties().Select(property => property.Name).Where(name => name != nameof(NovaKmsOptions.AttestationRoot));
        described.Order().ShouldBe(real.Order());
    }

    [Fact]
    public async Task The_configuration_snippet_starts_a_node()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, Json().Match(Read("configuration.md")).Groups[1].Value);
            await using var host = await NodeHost.CreateAsync("http://127.0.0.1:0", file, []);
            NodeHost.Read(file, []).ChainId.ShouldBe(84532UL);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("node")]
    [InlineData("devnet")]
    [InlineData("demo")]
    [InlineData("derive")]
    [InlineData("kv", "get")]
    [InlineData("kv", "put")]
    [InlineData("kv", "list")]
    [InlineData("kv", "delete")]
    [InlineData("status")]
    [InlineData("chain")]
    public async Task Every_documented_command_exists(params string[] command)
    {
        Read("cli.md").ShouldContain($"| `{string.Join(' ', command)}");
        var help = await CliRun.OfAsync([.. command, "--help"]);
        help.ExitCode.ShouldBe(0);
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(Foundry.Root, "docs", "operations", name));

    [GeneratedRegex("^\\| `([A-Z][A-Za-z0-9]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex Key();

    [GeneratedRegex("```json\n(.+?)```", RegexOptions.Singleline)]
    private static partial Regex Json();
}
