using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>The registry at both heads: one <see cref="ChainView"/>, replaced as a whole when a head moved.</summary>
internal sealed class MembershipWatch(IChain chain, ChainWatch heads, WalletAddress self, CancellationToken stopping)
{
    private readonly object _gate = new();
    private readonly SingleFlight<ChainResult<ChainView>> _refresh = new();
    private ChainView? _view;
    private int _drops;

    /// <summary>The newest view, however old; null before the first one and after <see cref="Drop"/>.</summary>
    public ChainView? Known
    {
        get
        {
            lock (_gate)
            {
                return _view;
            }
        }
    }

    /// <summary>The newest view, if neither of its heads is stale.</summary>
    public ChainView? Usable => Known is { } view && !heads.IsStale(new ChainHeads(view.Final, view.Latest)) ? view : null;

    /// <summary>The view at the current heads (<see cref="ChainWatch.CurrentAsync"/>). Concurrent callers share one read.</summary>
    public async Task<ChainResult<ChainView>> CurrentAsync()
    {
        var pins = await heads.CurrentAsync();
        if (!pins.TryGet(out var at))
        {
            return pins.As<ChainView>();
        }

        return Known is { } view && view.Final == at.Final && view.Latest == at.Latest
            ? ChainResult<ChainView>.Ok(view)
            : await _refresh.RunAsync(ReadAsync);
    }

    /// <summary>Forgets the view (deep reorg); a read that is under way is discarded when it arrives.</summary>
    public void Drop()
    {
        lock (_gate)
        {
            _view = null;
            _drops++;
        }
    }

    private async Task<ChainResult<ChainView>> ReadAsync()
    {
        if (heads.Heads is not { } at)
        {
            return ChainResult<ChainView>.Fail(ChainFailure.Unavailable, "no head is known yet");
        }

        int drops;
        ChainView? known;
        lock (_gate)
        {
            drops = _drops;
            known = _view;
        }

        Task<ChainResult<RegistrySnapshot>>[] reads = [ReadAtAsync(at.Final, known), ReadAtAsync(at.Latest, known)];
        await Task.WhenAll(reads);
        foreach (var read in reads)
        {
            if (read.Result.Failure is { } failure)
            {
                if (failure == ChainFailure.Reorged)
                {
                    heads.Doubt();
                }

                return read.Result.As<ChainView>();
            }
        }

        var view = new ChainView(Value(reads[0]), Value(reads[1]));
        Invariant.Require(view.Final == at.Final);
        Invariant.Require(view.Latest == at.Latest);
        lock (_gate)
        {
            if (_drops != drops)
            {
                return ChainResult<ChainView>.Fail(ChainFailure.Reorged, "the chain was dropped while it was read");
            }

            _view = view;
        }

        return ChainResult<ChainView>.Ok(view);
    }

    /// <summary>A snapshot is a fact about its block: the same block is never read twice in a row.</summary>
    private async Task<ChainResult<RegistrySnapshot>> ReadAtAsync(BlockRef at, ChainView? known)
    {
        if (known is not null && known.Final == at)
        {
            return ChainResult<RegistrySnapshot>.Ok(known.AtFinal);
        }

        if (known is not null && known.Latest == at)
        {
            return ChainResult<RegistrySnapshot>.Ok(known.AtLatest);
        }

        var answer = await chain.ReadRegistryAsync(at, self, stopping);
        return answer.TryGet(out var snapshot) && snapshot.At != at
            ? ChainResult<RegistrySnapshot>.Fail(ChainFailure.Unavailable, "the answer is for another block")
            : answer;
    }

    private static RegistrySnapshot Value(Task<ChainResult<RegistrySnapshot>> read)
    {
        Invariant.Require(read.Result.TryGet(out var snapshot));
        return snapshot!;
    }
}
