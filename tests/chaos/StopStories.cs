namespace Kms.Chaos;

/// <summary>A whole node as a component: each schedule of it is long, so there are few.</summary>
public sealed class StopStories(SprintRuns<StopStories> told) : ISprintStories, IClassFixture<SprintRuns<StopStories>>
{
    public static int Runs => 2;

    public static string Strategy => "Random";

    [Fact]
    public void A_node_is_stopped_twice_while_it_serves() => told.ShouldHold(nameof(A_node_is_stopped_twice_while_it_serves));
}
