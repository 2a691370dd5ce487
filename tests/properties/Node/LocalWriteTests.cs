using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Core.Store;
using Kms.Properties.Fakes;

namespace Kms.Properties.Node;

/// <summary>A local write goes to each peer by itself: neither the chain nor another peer holds it up.</summary>
public sealed class LocalWriteTests : IDisposable
{
    private static readonly AppId App = AppId.From(77);

    private readonly Cluster _cluster;
    private HangingRpc? _rpc;

    public LocalWriteTests()
    {
        _cluster = new Cluster(3, 2) { Rpc = (number, chain) => number == 1 ? _rpc = new HangingRpc(chain) : chain };
        _cluster.StartAll();
        _cluster.RunUntil(
            () => _cluster.AllReady() && _cluster.Nodes.All(node => node.Parts!.Replicator.IsCaughtUp), 180).ShouldBeTrue(_cluster.Describe());
        _cluster.RunFor(20);
    }

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void While_the_RPC_hangs_a_write_reaches_the_peers()
    {
        _rpc!.Hangs = true;
        _cluster.RunFor(2);
        _rpc.Hanging.ShouldBePositive("the node's loop waits for the chain");

        Write("key");

        _cluster.RunUntil(() => Has(2, "key") && Has(3, "key"), 1).ShouldBeTrue(_cluster.Describe());
    }

    [Fact]
    public void While_one_peer_hangs_every_write_reaches_the_other()
    {
        _cluster.Transport.Silent.Add(Cluster.Host(2));
        string[] keys = ["first", "second", "third", "fourth"];
        foreach (var key in keys)
        {
            Write(key);
            _cluster.RunUntil(() => Has(3, key), 1).ShouldBeTrue($"{key}: the push to node 2 has ten seconds to hang");
        }

        keys.ShouldAllBe(key => !Has(2, key));
        _cluster.Transport.Silent.Clear();
        _cluster.RunUntil(() => Array.TrueForAll(keys, key => Has(2, key)), 60).ShouldBeTrue(_cluster.Describe());
    }

    [Fact]
    public void Whoever_is_no_member_at_the_view_that_was_taken_in_gets_no_write_any_more()
    {
        var expelled = _cluster.Wallet(2);
        _cluster.Chain.Mine(state => state.Change(expelled, one => one with { Status = InstanceStatus.Stopped }));
        _cluster.RunUntil(() => _cluster.Node(1).Parts!.Membership.Known is { } view && !PeerAuthorizer.Authorize(view, expelled).TryGet(out _), 10)
            .ShouldBeTrue("node 1 has read the view");
        _cluster.RunFor(1);

        Write("key");

        _cluster.RunUntil(() => Has(3, "key"), 1).ShouldBeTrue(_cluster.Describe());
        _cluster.RunFor(30);
        Has(2, "key").ShouldBeFalse();
    }

    private void Write(string key) => _cluster.Loop.Run(() =>
    {
        var parts = _cluster.Node(1).Parts!;
        parts.Store.Put(App, Epoch.From(1), key, "v"u8, null, null).ShouldBeOfType<PutResult.Stored>();
        parts.Services.NotifyWrite();
        return true;
    });

    private bool Has(int number, string key) => _cluster.Node(number).Parts!.Store.Get(App, key) is GetResult.Found;
}
