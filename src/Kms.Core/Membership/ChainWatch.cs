using Kms.Core.Attestation;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>
/// The heads that everything is read at: final and latest, never replaced by older ones, stale when they trail trusted time,
/// dropped when a block below finality changed (design §4).
/// </summary>
/// <param name="maxFinalLagMs">How far the final head may trail trusted time: it follows from the finality rule, not from freshness.</param>
internal sealed class ChainWatch(IChain chain, IClock clock, TrustedTime time, long maxFinalLagMs, CancellationToken stopping)
{
    private readonly object _gate = new();
    private readonly SingleFlight<Result<ChainHeads, ChainFailure>> _refresh = new();
    private ChainHeads? _heads;
    private TimeSpan _askedAt;
    private bool _asked;

    /// <summary>Called once per deep reorg, with the pin that was lost and the block that replaced it, before anyone reads again.</summary>
    public Action<BlockRef, BlockRef>? OnDeepReorg { get; set; }

    /// <summary>The accepted heads, however old; null before the first answer and after a deep reorg.</summary>
    public ChainHeads? Heads
    {
        get
        {
            lock (_gate)
            {
                return _heads;
            }
        }
    }

    /// <summary>
    /// The heads to decide on: asked anew when the last question is older than <see cref="Limits.HeadMaxAgeMs"/>. An endpoint
    /// that does not answer leaves the accepted heads in force until they are stale.
    /// </summary>
    public async Task<Result<ChainHeads, ChainFailure>> CurrentAsync()
    {
        var known = Heads;
        bool due;
        lock (_gate)
        {
            due = !_asked || clock.Elapsed - _askedAt > TimeSpan.FromMilliseconds(Limits.HeadMaxAgeMs);
        }

        if (due || known is null)
        {
            var answer = await RefreshAsync();
            if (answer.Failure is { } failure && failure != ChainFailure.Unavailable)
            {
                return answer;
            }

            known = Heads;
        }

        return known is null ? Result<ChainHeads, ChainFailure>.Fail(ChainFailure.Unavailable, "no head is known yet")
            : StalenessOf(known) is not null ? Result<ChainHeads, ChainFailure>.Fail(ChainFailure.Unavailable, "the heads are stale")
            : Result<ChainHeads, ChainFailure>.Ok(known);
    }

    /// <summary>Asks for both heads now. Concurrent callers share one question.</summary>
    public Task<Result<ChainHeads, ChainFailure>> RefreshAsync() => _refresh.RunAsync(ReadAsync);

    /// <summary>Makes the next <see cref="CurrentAsync"/> ask: a read pinned to the latest head found it replaced.</summary>
    public void Doubt()
    {
        lock (_gate)
        {
            _asked = false;
        }
    }

    /// <summary>
    /// Why nothing may be decided on the heads, or null: the latest one trails trusted time by more than
    /// <see cref="Limits.ChainStaleAfterMs"/>, the final one by more than its rule allows, or there is no trusted time. A chain
    /// whose finality is slow is not stale; one whose final head stands still for too long is.
    /// </summary>
    public HeadStaleness? StalenessOf(ChainHeads heads) =>
        !time.IsSet ? HeadStaleness.NoTrustedTime
        : Trails(heads.Latest, Limits.ChainStaleAfterMs, time.NowMs) ? HeadStaleness.Latest
        : Trails(heads.Final, maxFinalLagMs, time.NowMs) ? HeadStaleness.Final
        : null;

    private static bool Trails(BlockRef block, long byMs, long nowMs) =>
        ((UInt128)block.TimestampSeconds * 1000) + (UInt128)byMs < (UInt128)Math.Max(nowMs, 0);

    private async Task<Result<ChainHeads, ChainFailure>> ReadAsync()
    {
        lock (_gate)
        {
            _asked = true;
            _askedAt = clock.Elapsed;
        }

        // Final first: read after it, latest can only be ahead.
        var finalAnswer = await chain.GetHeadAsync(Finality.Final, stopping);
        if (!finalAnswer.TryGet(out var final))
        {
            return finalAnswer.As<ChainHeads>();
        }

        var latestAnswer = await chain.GetHeadAsync(Finality.Latest, stopping);
        if (!latestAnswer.TryGet(out var latest))
        {
            return latestAnswer.As<ChainHeads>();
        }

        if (final.IsDefault || latest.IsDefault || final.Number > latest.Number)
        {
            return Result<ChainHeads, ChainFailure>.Fail(ChainFailure.Unavailable, "the endpoint's heads contradict each other");
        }

        var known = Heads;
        return known is null ? Accept(new ChainHeads(final, latest)) : await AdvanceAsync(known, final, latest);
    }

    private async Task<Result<ChainHeads, ChainFailure>> AdvanceAsync(ChainHeads known, BlockRef final, BlockRef latest)
    {
        var atFinalPin = await SameHeightAsync(known.Final, final);
        if (!atFinalPin.TryGet(out var canonical))
        {
            return atFinalPin.As<ChainHeads>();
        }

        if (canonical.Hash != known.Final.Hash)
        {
            return DropEverything(known.Final, canonical);
        }

        final = final.Number < known.Final.Number ? known.Final : final;

        // A lower latest head is a shorter fork only if the known block is proven gone; else it is a replay (or another
        // endpoint behind the same address), and accepting it would give back rights that were already lost.
        if (latest.Number < known.Latest.Number)
        {
            var atLatestPin = await chain.GetBlockAsync(known.Latest.Number, stopping);
            bool proven = atLatestPin.TryGet(out var there) && there.Hash != known.Latest.Hash;
            latest = proven && latest.Number >= final.Number ? latest : known.Latest;
        }

        return Accept(new ChainHeads(final, latest));
    }

    /// <summary>The canonical block at the height of the old pin, for comparison.</summary>
    private Task<Result<BlockRef, ChainFailure>> SameHeightAsync(BlockRef pin, BlockRef head) =>
        head.Number == pin.Number ? Task.FromResult(Result<BlockRef, ChainFailure>.Ok(head)) : chain.GetBlockAsync(pin.Number, stopping);

    private Result<ChainHeads, ChainFailure> Accept(ChainHeads heads)
    {
        Invariant.Require(heads.Final.Number <= heads.Latest.Number);
        lock (_gate)
        {
            _heads = heads;
        }

        return Result<ChainHeads, ChainFailure>.Ok(heads);
    }

    private Result<ChainHeads, ChainFailure> DropEverything(BlockRef lost, BlockRef found)
    {
        lock (_gate)
        {
            _heads = null;
            _asked = false;
        }

        OnDeepReorg?.Invoke(lost, found);
        return Result<ChainHeads, ChainFailure>.Fail(ChainFailure.Reorged, $"block {lost} was final and is gone");
    }
}

/// <summary>The blocks that decisions are pinned to, as <see cref="ChainWatch"/> accepted them.</summary>
internal sealed record ChainHeads(BlockRef Final, BlockRef Latest);

/// <summary>Why the chain's heads are too old to decide on.</summary>
internal enum HeadStaleness
{
    /// <summary>There is no trusted time to compare them with.</summary>
    NoTrustedTime,

    /// <summary>The latest head trails trusted time: the chain, its endpoint or the way to it stands still.</summary>
    Latest,

    /// <summary>The final head trails trusted time by more than the finality rule explains.</summary>
    Final,
}
