using System.Reflection;

namespace Kms.Chaos;

/// <summary>
/// All stories of a class, told by one process: to start one takes longer than most stories. It ends at the first violation, and
/// all of them fail with what was printed, which names it.
/// </summary>
/// <typeparam name="TStories">Its facts are named as the scenarios are.</typeparam>
public sealed class SprintRuns<TStories>
    where TStories : ISprintStories
{
    private readonly Lazy<(int Exit, string Output)> _told = new(static () =>
    {
        string bundles = Path.Combine(Path.GetTempPath(), "novasim-tests");
        string[] names = [.. typeof(TStories).GetMethods().Where(static one => one.GetCustomAttribute<FactAttribute>() is not null).Select(static one => one.Name)];
        return SprintProcess.Tell(names, Story.Fresh, TStories.Runs, bundles, TStories.Strategy is { } strategy ? ["--strategy", strategy] : []);
    });

    /// <summary>Every run of the scenario was told and broke nothing.</summary>
    internal void ShouldHold(string name)
    {
        var (exit, output) = _told.Value;
        exit.ShouldBe(0, output);
        output.Split('\n').Count(line => line.StartsWith(name + " seed=", StringComparison.Ordinal) && line.EndsWith(" ok", StringComparison.Ordinal))
            .ShouldBe(TStories.Runs, output);
    }
}
