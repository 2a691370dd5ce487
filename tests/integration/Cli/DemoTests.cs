using System.Text.RegularExpressions;
using Kms.Integration.Support;

namespace Kms.Integration.Cli;

/// <summary><c>make demo</c> as a program.</summary>
[Collection(SharedDevnet.Name)]
public sealed partial class DemoTests
{
    [Fact]
    public async Task The_demos_only_result_is_its_last_line()
    {
        using var demo = NovaKms.Start("demo");
        var log = demo.StandardError.ReadToEndAsync();
        string output = await demo.StandardOutput.ReadToEndAsync();
        await demo.WaitForExitAsync();
        demo.ExitCode.ShouldBe(0, output + await log);
        LastLine().IsMatch(output).ShouldBeTrue(output);
        (await log).ShouldContain("has caught up");
    }

    [GeneratedRegex("^demo ok: nodes=3 epoch=1 agree=3/3 convergence_ms=[0-9]+\n$")]
    private static partial Regex LastLine();
}
