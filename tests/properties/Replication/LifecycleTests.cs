using Kms.Core;
using Kms.Core.Replication;
using Kms.Properties.Fakes;

namespace Kms.Properties.Replication;

public sealed class LifecycleTests
{
    [Fact]
    public void Only_the_transitions_of_the_table_can_be_made()
    {
        var allowed = new HashSet<(ReplicaState, ReplicaState)>
        {
            (ReplicaState.Starting, ReplicaState.Following),
            (ReplicaState.Starting, ReplicaState.Isolated),
            (ReplicaState.Following, ReplicaState.Isolated),
            (ReplicaState.Isolated, ReplicaState.Returning),
            (ReplicaState.Isolated, ReplicaState.Following),
            (ReplicaState.Returning, ReplicaState.Following),
            (ReplicaState.Returning, ReplicaState.Isolated),
        };
        foreach (var from in Enum.GetValues<ReplicaState>())
        {
            foreach (var to in Enum.GetValues<ReplicaState>())
            {
                var lifecycle = In(from);
                if (allowed.Contains((from, to)))
                {
                    lifecycle.Move(to);
                    lifecycle.State.ShouldBe(to);
                }
                else
                {
                    Should.Throw<InvariantException>(() => lifecycle.Move(to));
                    lifecycle.State.ShouldBe(from);
                }
            }
        }
    }

    [Fact]
    public void A_node_that_slept_through_the_limit_cannot_talk_itself_out_of_isolation()
    {
        var clock = new ManualClock();
        var lifecycle = new ReplicaLifecycle(clock, TimeSpan.FromHours(12));
        lifecycle.Move(ReplicaState.Following);
        lifecycle.Contact();

        clock.Advance(TimeSpan.FromHours(12));
        lifecycle.Contact();

        lifecycle.State.ShouldBe(ReplicaState.Isolated);
    }

    private static ReplicaLifecycle In(ReplicaState state)
    {
        var lifecycle = new ReplicaLifecycle(new ManualClock(), TimeSpan.FromHours(12));
        ReplicaState[] path = state switch
        {
            ReplicaState.Starting => [],
            ReplicaState.Following => [ReplicaState.Following],
            ReplicaState.Isolated => [ReplicaState.Isolated],
            _ => [ReplicaState.Isolated, ReplicaState.Returning],
        };
        Array.ForEach(path, lifecycle.Move);
        return lifecycle;
    }
}
