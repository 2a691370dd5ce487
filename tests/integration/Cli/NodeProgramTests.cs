using Kms.Node;

namespace Kms.Integration.Cli;

/// <summary><c>novakms-node</c>, which an image starts, is <c>novakms node</c> to the word.</summary>
public sealed class NodeProgramTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(2, "--listen", "nonsense", "--set", "ChainId=1")]
    [InlineData(2, "--set", "ChainId=1", "--set", "KmsRegistry=0xaa", "--set", "Unknown=1")]
    [InlineData(2, "--config", "/nowhere/node.json")]
    [InlineData(2, "--listen")]
    [InlineData(2, "--unknown")]
    [InlineData(2, "node")]
    [InlineData(3, "--listen", "http://192.0.2.1:8000", "--set", "ChainId=1", "--set", "KmsRegistry=0x00000000000000000000000000000000000000aa")]
    public async Task Both_programs_end_alike_and_say_the_same(int exitCode, params string[] arguments)
    {
        await using var log = new StringWriter();
        int code = await NodeProgram.RunAsync(arguments, log);
        var other = await CliRun.OfAsync(["node", .. arguments]);

        code.ShouldBe(exitCode, log.ToString());
        other.ExitCode.ShouldBe(exitCode, other.Log);
        log.ToString().ShouldNotBeEmpty();
        log.ToString().Replace("novakms-node", "novakms node", StringComparison.Ordinal).ShouldBe(other.Log);
    }
}
