using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Core.Store;
using Kms.Properties.Fakes;
using Kms.Sim.Chain;

namespace Kms.Properties.Node;

/// <summary>A local write goes to each peer by itself: neither the chain nor another peer holds it up.</summary>
public sealed class LocalWriteTests : IDisposable
{
    private static readonly AppId App = AppId.From(77);

    private readonly TestWorld _world = new(3, 2);

    public LocalWriteTests()
    {
        _world.StartAll();
        _world.RunUntil(
            () => _world.AllReady() && _world.Nodes.All(node => node.Parts!.Replicator.IsCaughtUp), 180).ShouldBeTrue(_world.Describe());
        _world.RunFor(20);
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void While_the_RPC_hangs_a_write_reaches_the_peers()
    {
        _world.Slot(1).Endpoints[0].ExtraLatency = TimeSpan.FromDays(1);
        _world.RunFor(1);
        var seen = _world.Parts(1).Membership.Known!.Latest;
        _world.RunFor(2);
        _world.Parts(1).Membership.Known!.Latest.ShouldBe(seen, "the node's loop waits for the chain");
        _world.Head.Number.ShouldBeGreaterThan(seen.Number + 1);

        Write("key");

        _world.RunUntil(() => Has(2, "key") && Has(3, "key"), 1).ShouldBeTrue(_world.Describe());
    }

    [Fact]
    public void While_one_peer_hangs_every_write_reaches_the_other()
    {
        _world.Slot(2).Manners.IsSilent = true;
        string[] keys = ["first", "second", "third", "fourth"];
        foreach (var key in keys)
        {
            Write(key);
            _world.RunUntil(() => Has(3, key), 1).ShouldBeTrue($"{key}: the push to node 2 has ten seconds to hang");
        }

        keys.ShouldAllBe(key => !Has(2, key));
        _world.Slot(2).Manners.IsSilent = false;
        _world.RunUntil(() => Array.TrueForAll(keys, key => Has(2, key)), 60).ShouldBeTrue(_world.Describe());
    }

    [Fact]
    public void Whoever_is_no_member_at_the_view_that_was_taken_in_gets_no_write_any_more()
    {
        var expelled = _world.Wallet(2);
        _world.Send(new SimCall.SetInstanceStatus(InstanceId.From(2), InstanceStatus.Stopped));
        _world.RunUntil(() => _world.Parts(1).Membership.Known is { } view && !PeerAuthorizer.Authorize(view, expelled).TryGet(out _), 10)
            .ShouldBeTrue("node 1 has read the view");
        _world.RunFor(1);

        Write("key");

        _world.RunUntil(() => Has(3, "key"), 1).ShouldBeTrue(_world.Describe());
        _world.RunFor(30);
        Has(2, "key").ShouldBeFalse();
    }

    private void Write(string key) => _world.Do(() =>
    {
        var parts = _world.Parts(1);
        parts.Store.Put(App, Epoch.From(1), key, "v"u8, null, null).ShouldBeOfType<PutResult.Stored>();
        parts.Services.NotifyWrite();
    });

    private bool Has(int number, string key) => _world.Parts(number).Store.Get(App, key) is GetResult.Found;
}
