using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Properties.Fakes;
using Kms.Sim.Chain;

namespace Kms.Properties.Membership;

/// <summary>A view is never older than the heads that its caller was given, however its read was shared.</summary>
public sealed class MembershipWatchTests : IDisposable
{
    private readonly TestWorld _world = new(2, 1);
    private readonly TappedChain _chain;
    private readonly ChainWatch _heads;
    private readonly MembershipWatch _watch;

    public MembershipWatchTests()
    {
        _world.AutoMine = false;
        _chain = _world.NewChain();
        for (int i = 0; i < TestWorld.Depth; i++)
        {
            _world.Mine();
        }

        _heads = new ChainWatch(_chain, _world.Clock, _world.NewTrustedTime(), Limits.ChainStaleAfterMs, default);
        _watch = new MembershipWatch(_chain, _heads, _world.Wallet(1), default);
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_read_that_is_under_way_at_older_heads_does_not_serve_a_caller_of_newer_ones()
    {
        var held = new TaskCompletionSource();
        _chain.Before = call => IsRead(call) ? held.Task : Task.CompletedTask;
        Task<Result<ChainView, ChainFailure>> slow = null!;
        Task<Result<ChainView, ChainFailure>> late = null!;
        _ = _world.Do(() => slow = _watch.CurrentAsync());
        _world.RunFor(1);

        // The member is stopped, and whoever asks from now on has seen the head that says so.
        _world.Send(new SimCall.SetInstanceStatus(InstanceId.From(2), InstanceStatus.Stopped));
        _world.Await(_heads.RefreshAsync, 5).TryGet(out var heads).ShouldBeTrue();
        heads!.Latest.ShouldBe(_world.Head);
        _ = _world.Do(() => late = _watch.CurrentAsync());
        _chain.Before = null;
        _world.Do(held.SetResult);
        _world.RunUntil(() => late.IsCompleted && slow.IsCompleted, 30).ShouldBeTrue();

        (await late).TryGet(out var view).ShouldBeTrue();
        view!.Latest.ShouldBe(heads.Latest);
        PeerAuthorizer.Authorize(view, _world.Wallet(2)).Failure.ShouldBe(PeerRefusal.NotListed);
    }

    [Fact]
    public async Task Callers_of_the_same_heads_share_one_read()
    {
        var held = new TaskCompletionSource();
        int reads = 0;
        _chain.Before = call =>
        {
            reads += IsRead(call) ? 1 : 0;
            return IsRead(call) ? held.Task : Task.CompletedTask;
        };
        var calls = new List<Task<Result<ChainView, ChainFailure>>>();
        for (int i = 0; i < 5; i++)
        {
            _world.Do(() => calls.Add(_watch.CurrentAsync()));
        }

        _world.RunFor(1);
        _world.Do(held.SetResult);
        _world.RunUntil(() => calls.TrueForAll(call => call.IsCompleted), 30).ShouldBeTrue();
        reads.ShouldBe(2, "one for each head");
        (await Task.WhenAll(calls)).ShouldAllBe(call => call.Failure == null);
    }

    private static bool IsRead(string call) => call == nameof(IChain.ReadRegistryAsync);
}
