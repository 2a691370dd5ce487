using Kms.Core;
using Kms.Core.Node;
using Kms.Properties.Fakes;

namespace Kms.Properties.Node;

/// <summary>What a node that stops does with a request under way: here node 2 asks node 1 for a secret, and node 1's Odyn hangs.</summary>
public sealed class NodeStopTests : IDisposable
{
    private readonly Cluster _cluster = new(2, 1);
    private readonly TaskCompletionSource _hangs = new();
    private readonly NodeParts _parts;

    public NodeStopTests()
    {
        _cluster.Start(1);
        _cluster.RunUntil(() => _cluster.Node(1).IsReady, 60).ShouldBeTrue(_cluster.Describe());
        bool isUnderWay = false;
        _cluster.Odyns[0].BeforeAttest = () =>
        {
            isUnderWay = true;
            return _hangs.Task;
        };
        _cluster.Start(2);
        _cluster.RunUntil(() => isUnderWay, 30).ShouldBeTrue(_cluster.Describe());
        _parts = _cluster.Node(1).Parts!;
    }

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void A_request_that_hangs_keeps_the_secrets_for_its_limit_and_not_a_millisecond_longer()
    {
        var stopping = Stop();
        Pass(Limits.DrainTimeoutMs - 1);
        stopping.IsCompleted.ShouldBeFalse();
        _parts.Secrets.Held.Count.ShouldBe(1);

        Pass(1);
        stopping.IsCompletedSuccessfully.ShouldBeTrue();
        _parts.Secrets.Held.ShouldBeEmpty();
    }

    [Fact]
    public void A_node_stops_as_soon_as_the_last_request_ended()
    {
        var stopping = Stop();
        stopping.IsCompleted.ShouldBeFalse();

        _cluster.Loop.Run(() => _hangs.TrySetResult());
        _cluster.Loop.RunFor(TimeSpan.FromMilliseconds(Limits.DrainTimeoutMs / 2));
        stopping.IsCompletedSuccessfully.ShouldBeTrue();
        _parts.Secrets.Held.ShouldBeEmpty();
    }

    private Task Stop() => _cluster.Loop.Run(() => _cluster.Node(1).DisposeAsync().AsTask());

    private void Pass(int milliseconds) => _cluster.Loop.Run(() =>
    {
        _cluster.Clock.AdvanceMs(milliseconds);
        return true;
    });
}
