using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Core.Membership;

/// <summary>The registry at both heads: one <see cref="ChainView"/>, replaced as a whole when a head moved.</summary>
internal sealed class MembershipWatch(IChain chain, ChainWatch heads, WalletAddress self, CancellationToken stopping)
{
    // A read that is under way may be joined, and may then turn out to be of older heads than the caller's: read again, bounded.
    private const int MaxReads = 3;

    private readonly SingleFlight<Result<ChainView, ChainFailure>> _refresh = new();
    private readonly object _gate = new();
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
    public ChainView? Usable => Known is { } view && heads.StalenessOf(new ChainHeads(view.Final, view.Latest)) is null ? view : null;

    /// <summary>
    /// The view at the current heads (<see cref="ChainWatch.CurrentAsync"/>), never at older ones. Concurrent callers share one
    /// read, unless it began before the heads that a caller was given.
    /// </summary>
    public async Task<Result<ChainView, ChainFailure>> CurrentAsync()
    {
        var pins = await heads.CurrentAsync();
        if (!pins.TryGet(out var asked))
        {
            return pins.As<ChainView>();
        }

        for (int i = 0; i < MaxReads; i++)
        {
            if (Known is { } known && Serves(known, asked))
            {
                return Result<ChainView, ChainFailure>.Ok(known);
            }

            var read = await _refresh.RunAsync(ReadAsync);
            if (!read.TryGet(out var view) || Serves(view, asked))
            {
                return read;
            }
        }

        return Result<ChainView, ChainFailure>.Fail(ChainFailure.Unavailable, "the heads move faster than the registry is read");
    }

    /// <summary>At the heads that the caller was given, or at those that took their place since.</summary>
    private bool Serves(ChainView view, ChainHeads asked) => IsAt(view, asked) || (heads.Heads is { } now && IsAt(view, now));

    private static bool IsAt(ChainView view, ChainHeads at) => view.Final == at.Final && view.Latest == at.Latest;

    /// <summary>Forgets the view (deep reorg); a read that is under way is discarded when it arrives.</summary>
    public void Drop()
    {
        lock (_gate)
        {
            _view = null;
            _drops++;
        }
    }

    private async Task<Result<ChainView, ChainFailure>> ReadAsync()
    {
        if (heads.Heads is not { } at)
        {
            return Result<ChainView, ChainFailure>.Fail(ChainFailure.Unavailable, "no head is known yet");
        }

        int drops;
        ChainView? known;
        lock (_gate)
        {
            drops = _drops;
            known = _view;
        }

        Task<Result<RegistrySnapshot, ChainFailure>>[] reads = [ReadAtAsync(at.Final, known), ReadAtAsync(at.Latest, known)];
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
                return Result<ChainView, ChainFailure>.Fail(ChainFailure.Reorged, "the chain was dropped while it was read");
            }

            _view = view;
        }

        return Result<ChainView, ChainFailure>.Ok(view);
    }

    /// <summary>A snapshot is a fact about its block: the same block is never read twice in a row.</summary>
    private async Task<Result<RegistrySnapshot, ChainFailure>> ReadAtAsync(BlockRef at, ChainView? known)
    {
        if (known is not null && known.Final == at)
        {
            return Result<RegistrySnapshot, ChainFailure>.Ok(known.AtFinal);
        }

        if (known is not null && known.Latest == at)
        {
            return Result<RegistrySnapshot, ChainFailure>.Ok(known.AtLatest);
        }

        var answer = await chain.ReadRegistryAsync(at, self, stopping);
        return answer.TryGet(out var snapshot) && snapshot.At != at
            ? Result<RegistrySnapshot, ChainFailure>.Fail(ChainFailure.Unavailable, "the answer is for another block")
            : answer;
    }

    private static RegistrySnapshot Value(Task<Result<RegistrySnapshot, ChainFailure>> read)
    {
        Invariant.Require(read.Result.TryGet(out var snapshot));
        return snapshot!;
    }
}
