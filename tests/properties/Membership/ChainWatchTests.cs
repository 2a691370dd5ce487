using Kms.Core;
using Kms.Core.Attestation;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Properties.Fakes;

namespace Kms.Properties.Membership;

/// <summary>How old heads may be before they are asked for anew, and before nothing is decided on them.</summary>
public sealed class ChainWatchTests : IDisposable
{
    private const long FinalLagMs = 25L * 60 * 1000;

    private readonly TestWorld _world = new(1, 1);
    private readonly TrustedTime _time;
    private readonly ChainWatch _watch;

    public ChainWatchTests()
    {
        _world.AutoMine = false;
        _time = _world.NewTrustedTime();
        _watch = new ChainWatch(_world.NewChain(), _world.Clock, _time, FinalLagMs, default);
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Heads_are_asked_for_anew_when_they_are_older_than_their_limit()
    {
        var old = Current().Latest;
        _world.Mine();

        _world.PassMs(Limits.HeadMaxAgeMs);
        Current().Latest.ShouldBe(old);
        _world.PassMs(1);
        Current().Latest.ShouldBe(_world.Head);
    }

    [Theory]
    [InlineData(true, FinalLagMs)]
    [InlineData(false, Limits.ChainStaleAfterMs)]
    public void Each_head_is_stale_when_it_trails_trusted_time_by_more_than_its_own_limit(bool final, long limitMs)
    {
        _time.NowMs.ShouldBe(_time.NowMs / 1000 * 1000, "blocks have whole seconds");
        var fresh = new BlockRef(2, Views.Hash(2), (ulong)_time.NowMs / 1000);
        var old = new BlockRef(1, Views.Hash(1), (ulong)(_time.NowMs - limitMs) / 1000);
        var heads = final ? new ChainHeads(old, fresh) : new ChainHeads(fresh, old);

        _watch.StalenessOf(heads).ShouldBeNull();
        _world.PassMs(1);
        _watch.StalenessOf(heads).ShouldBe(final ? HeadStaleness.Final : HeadStaleness.Latest);
    }

    private ChainHeads Current()
    {
        _world.Await(_watch.CurrentAsync, 1).TryGet(out var heads).ShouldBeTrue();
        return heads;
    }
}
