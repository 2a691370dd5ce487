using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Properties.Fakes;

namespace Kms.Properties.Membership;

/// <summary>A view is never older than the heads that its caller was given, however its read was shared.</summary>
public sealed class MembershipWatchTests : IDisposable
{
    private readonly Cluster _cluster = new(2, 1);
    private readonly ChainWatch _heads;
    private readonly MembershipWatch _watch;

    public MembershipWatchTests()
    {
        _cluster.Chain.AutoMine = false;
        _heads = new ChainWatch(_cluster.Chain, _cluster.Clock, TestTime.Of(_cluster), Limits.ChainStaleAfterMs, default);
        _watch = new MembershipWatch(_cluster.Chain, _heads, _cluster.Wallet(1), default);
    }

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task A_read_that_is_under_way_at_older_heads_does_not_serve_a_caller_of_newer_ones()
    {
        var held = new TaskCompletionSource();
        _cluster.Chain.BeforeRegistryRead = () => held.Task;
        Task<Result<ChainView, ChainFailure>> slow = null!;
        Task<Result<ChainView, ChainFailure>> late = null!;
        _ = _cluster.Loop.Run(() => slow = _watch.CurrentAsync());
        _cluster.Loop.RunFor(TimeSpan.FromSeconds(1));

        // The member is stopped, and whoever asks from now on has seen the head that says so.
        _cluster.Chain.Mine(state => state.Change(_cluster.Wallet(2), one => one with { Status = InstanceStatus.Stopped }));
        _cluster.Loop.Await(_heads.RefreshAsync, TimeSpan.FromSeconds(5)).TryGet(out var heads).ShouldBeTrue();
        heads!.Latest.ShouldBe(_cluster.Chain.Head);
        _ = _cluster.Loop.Run(() => late = _watch.CurrentAsync());
        _cluster.Chain.BeforeRegistryRead = null;
        _cluster.Loop.Run(() =>
        {
            held.SetResult();
            return true;
        });
        _cluster.Loop.RunUntil(() => late.IsCompleted && slow.IsCompleted, TimeSpan.FromSeconds(30)).ShouldBeTrue();

        (await late).TryGet(out var view).ShouldBeTrue();
        view!.Latest.ShouldBe(heads.Latest);
        PeerAuthorizer.Authorize(view, _cluster.Wallet(2)).Failure.ShouldBe(PeerRefusal.InstanceNotActive);
    }

    [Fact]
    public async Task Callers_of_the_same_heads_share_one_read()
    {
        var held = new TaskCompletionSource();
        int reads = 0;
        _cluster.Chain.BeforeRegistryRead = () =>
        {
            reads++;
            return held.Task;
        };
        var calls = new List<Task<Result<ChainView, ChainFailure>>>();
        for (int i = 0; i < 5; i++)
        {
            _cluster.Loop.Run(() =>
            {
                calls.Add(_watch.CurrentAsync());
                return true;
            });
        }

        _cluster.Loop.RunFor(TimeSpan.FromSeconds(1));
        _cluster.Loop.Run(() =>
        {
            held.SetResult();
            return true;
        });
        _cluster.Loop.RunUntil(() => calls.TrueForAll(call => call.IsCompleted), TimeSpan.FromSeconds(30)).ShouldBeTrue();
        reads.ShouldBe(2, "one for each head");
        (await Task.WhenAll(calls)).ShouldAllBe(call => call.Failure == null);
    }
}
