using System.Runtime.CompilerServices;
using Xunit.Abstractions;

namespace Kms.Chaos;

/// <summary>Tells a scenario under Coyote, from seeds that no run had before.</summary>
public abstract class SprintStory(ITestOutputHelper output) : Story(output)
{
    private readonly ITestOutputHelper _output = output;

    /// <param name="runs">Seeds, each with a schedule of its own.</param>
    /// <param name="strategy">One strategy for all; null: each seed draws its own.</param>
    protected void HoldsUnderSprint(int runs, string? strategy = null, [CallerMemberName] string name = "")
    {
        string bundles = Path.Combine(Path.GetTempPath(), "novasim-tests");
        var (exit, told) = SprintProcess.Tell(name, Fresh, runs, bundles, strategy is null ? ["--quiet"] : ["--quiet", "--strategy", strategy]);
        _output.WriteLine(told);
        exit.ShouldBe(0, told);
        told.ShouldContain($"{runs} runs, ");
    }
}
