using Kms.Core;
using Kms.Properties.Fakes;

namespace Kms.Properties.Node;

/// <summary>What a node that stops does with a request under way.</summary>
public sealed class NodeStopTests
{
    private const int StepMs = 50;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_request_under_way_has_its_limit_to_end_before_the_secrets_are_gone(bool ends)
    {
        using var cluster = new Cluster(2, 1);
        cluster.Start(1);
        cluster.RunUntil(() => cluster.Node(1).IsReady, 60).ShouldBeTrue(cluster.Describe());
        var hangs = new TaskCompletionSource();
        bool isUnderWay = false;
        cluster.Odyns[0].BeforeAttest = () =>
        {
            isUnderWay = true;
            return hangs.Task;
        };
        cluster.Start(2);
        cluster.RunUntil(() => isUnderWay, 30).ShouldBeTrue("node 2 asks node 1 for the secret");

        var parts = cluster.Node(1).Parts!;
        var stopping = cluster.Loop.Run(() => cluster.Node(1).DisposeAsync().AsTask());
        cluster.Loop.RunFor(TimeSpan.FromMilliseconds(Limits.DrainTimeoutMs - StepMs));
        stopping.IsCompleted.ShouldBeFalse();
        parts.Secrets.Held.Count.ShouldBe(1);

        if (ends)
        {
            // Its chain is still asked, in two milliseconds and more.
            cluster.Loop.Run(() => hangs.TrySetResult());
        }

        cluster.Loop.RunFor(TimeSpan.FromMilliseconds(StepMs));
        stopping.IsCompletedSuccessfully.ShouldBeTrue();
        parts.Secrets.Held.ShouldBeEmpty();
    }
}
