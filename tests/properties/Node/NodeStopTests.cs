using Kms.Core;
using Kms.Core.Node;
using Kms.Core.Ports;
using Kms.Properties.Fakes;

namespace Kms.Properties.Node;

/// <summary>What a node that stops does with a request under way: here node 2 asks node 1 for a secret, and node 1's Odyn hangs.</summary>
public sealed class NodeStopTests : IDisposable
{
    private readonly TestWorld _world = new(2, 1);
    private readonly TaskCompletionSource _hangs = new();
    private readonly NodeParts _parts;

    public NodeStopTests()
    {
        _world.Start(1);
        _world.RunUntil(() => _world.Node(1).IsReady, 60).ShouldBeTrue(_world.Describe());
        bool isUnderWay = false;
        _world.Slot(1).OdynFaults.Before = call =>
        {
            bool isAttesting = call == nameof(IOdyn.AttestAsync);
            isUnderWay |= isAttesting;
            return isAttesting ? _hangs.Task : Task.CompletedTask;
        };
        _world.Start(2);
        _world.RunUntil(() => isUnderWay, 30).ShouldBeTrue(_world.Describe());
        _parts = _world.Parts(1);
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_request_that_hangs_keeps_the_secrets_for_its_limit_and_not_a_millisecond_longer()
    {
        var stopping = Stop();
        _world.PassMs(Limits.DrainTimeoutMs - 1);
        stopping.IsCompleted.ShouldBeFalse();
        _parts.Secrets.Held.Count.ShouldBe(1);

        // A delay of a node's clock ends a tick after its time.
        _world.Pass(TimeSpan.FromMilliseconds(1) + TimeSpan.FromTicks(1));
        stopping.IsCompletedSuccessfully.ShouldBeTrue();
        _parts.Secrets.Held.ShouldBeEmpty();
    }

    [Fact]
    public void A_node_stops_as_soon_as_the_last_request_ended()
    {
        var stopping = Stop();
        stopping.IsCompleted.ShouldBeFalse();

        _world.Do(() => _hangs.TrySetResult());
        _world.PassMs(Limits.DrainTimeoutMs / 2);
        stopping.IsCompletedSuccessfully.ShouldBeTrue();
        _parts.Secrets.Held.ShouldBeEmpty();
    }

    private Task Stop()
    {
        _world.Slot(1).Current!.IsAskedToStop = true;
        return _world.Do(() => _world.Node(1).DisposeAsync().AsTask());
    }
}
