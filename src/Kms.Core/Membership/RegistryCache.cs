using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Core.Membership;

/// <summary>What the registry says of a wallet, block-pinned at the final and the latest head. Implemented by the registry cache.</summary>
internal interface IWalletFacts
{
    Task<Result<TwoViews<WalletFacts>, ChainFailure>> ReadWalletAsync(WalletAddress wallet, CancellationToken cancel);
}

/// <summary>
/// What the app registry says of wallets, at both heads. There is no time-to-live: an answer is valid at the block it was read
/// at; a new head re-validates it lazily, at most once per entry and head; an unchanged storage root of the registry carries what
/// grants forward without a read (design §4, finding H6). What grants nothing is asked for again: an endpoint that once read zeros
/// under a true root would otherwise have locked the wallet out until the registry changes (finding R32).
/// </summary>
internal sealed class RegistryCache(IChain chain, ChainWatch heads, int capacity, CancellationToken stopping) : IWalletFacts
{
    private readonly object _gate = new();
    private readonly Dictionary<WalletAddress, LinkedListNode<Entry>> _entries = [];

    // Two lists, oldest first: wallets that the registry does not know are evicted before any that it knows.
    private readonly LinkedList<Entry> _known = new();
    private readonly LinkedList<Entry> _unknown = new();
    private readonly StorageRoots _roots = new(chain, stopping);
    private int _drops;

    public RegistryCache(IChain chain, ChainWatch heads, CancellationToken stopping)
        : this(chain, heads, Limits.MaxCachedWallets, stopping)
    {
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>The facts of a wallet at both current heads. Concurrent misses of one wallet share one read per head.</summary>
    public async Task<Result<TwoViews<WalletFacts>, ChainFailure>> ReadWalletAsync(WalletAddress wallet, CancellationToken cancel)
    {
        Invariant.Require(!wallet.IsDefault);
        cancel.ThrowIfCancellationRequested();
        var pins = await heads.CurrentAsync();
        if (!pins.TryGet(out var at))
        {
            return pins.As<TwoViews<WalletFacts>>();
        }

        Task<Result<WalletFacts, ChainFailure>>[] reads = [ReadAtAsync(wallet, at.Final, Finality.Final), ReadAtAsync(wallet, at.Latest, Finality.Latest)];
        await Task.WhenAll(reads);
        if (!reads[0].Result.TryGet(out var final))
        {
            return Failed(reads[0].Result);
        }

        return reads[1].Result.TryGet(out var latest)
            ? Result<TwoViews<WalletFacts>, ChainFailure>.Ok(new TwoViews<WalletFacts>(final, latest))
            : Failed(reads[1].Result);
    }

    /// <summary>Drops every cached authority (deep reorg); reads under way are not remembered when they arrive.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
            _known.Clear();
            _unknown.Clear();
            _drops++;
        }
    }

    private Result<TwoViews<WalletFacts>, ChainFailure> Failed(Result<WalletFacts, ChainFailure> read)
    {
        if (read.Failure == ChainFailure.Reorged)
        {
            heads.Doubt();
        }

        return read.As<TwoViews<WalletFacts>>();
    }

    private Task<Result<WalletFacts, ChainFailure>> ReadAtAsync(WalletAddress wallet, BlockRef at, Finality view)
    {
        TaskCompletionSource<Result<WalletFacts, ChainFailure>> completion;
        int drops;
        lock (_gate)
        {
            drops = _drops;
            var entry = Touch(wallet);
            if (entry.Find(at, view) is { } facts)
            {
                return Task.FromResult(Result<WalletFacts, ChainFailure>.Ok(facts));
            }

            if (entry.Reading.TryGetValue(at.Hash, out var running))
            {
                return Relay.AwaitAsync(running);
            }

            completion = new TaskCompletionSource<Result<WalletFacts, ChainFailure>>(TaskCreationOptions.RunContinuationsAsynchronously);
            entry.Reading.Add(at.Hash, completion.Task);
        }

        return LeadAsync(wallet, at, view, drops, completion);
    }

    private async Task<Result<WalletFacts, ChainFailure>> LeadAsync(
        WalletAddress wallet, BlockRef at, Finality view, int drops, TaskCompletionSource<Result<WalletFacts, ChainFailure>> completion)
    {
        bool done = false;
        try
        {
            var root = await _roots.AtAsync(at);
            var answer = Carry(wallet, at, root, drops) is { } carried
                ? Result<WalletFacts, ChainFailure>.Ok(carried)
                : await chain.ReadWalletAsync(at, wallet, stopping);
            if (answer.TryGet(out var facts) && (facts.At != at || facts.Wallet != wallet))
            {
                answer = Result<WalletFacts, ChainFailure>.Fail(ChainFailure.Unavailable, "the answer is for another question");
            }

            done = true;
            Finish(wallet, at, view, drops, answer, root);
            completion.SetResult(answer);
            return answer;
        }
        finally
        {
            if (!done)
            {
                Finish(wallet, at, view, drops, Result<WalletFacts, ChainFailure>.Fail(ChainFailure.Unavailable, "stopped"), null);
                completion.SetCanceled(CancellationToken.None);
            }
        }
    }

    /// <summary>The entry's newest facts, moved to the block, if the registry's storage is the same there.</summary>
    private WalletFacts? Carry(WalletAddress wallet, BlockRef at, Bytes32? root, int drops)
    {
        lock (_gate)
        {
            return root is { } here && drops == _drops && _entries.TryGetValue(wallet, out var node)
                && node.Value.FindByRoot(here) is { } facts && AppRule.Check(facts) is null
                ? facts with { At = at }
                : null;
        }
    }

    private void Finish(WalletAddress wallet, BlockRef at, Finality view, int drops, Result<WalletFacts, ChainFailure> answer, Bytes32? root)
    {
        lock (_gate)
        {
            // After a drop the entry is another one, or gone: its reads are not this one.
            if (drops != _drops || !_entries.TryGetValue(wallet, out var node))
            {
                return;
            }

            node.Value.Reading.Remove(at.Hash);
            if (answer.TryGet(out var facts))
            {
                node.Value.Remember(view, facts, root);
                var home = facts.Instance is null ? _unknown : _known;
                if (node.List != home)
                {
                    node.List!.Remove(node);
                    home.AddLast(node);
                }
            }
        }
    }

    /// <summary>The wallet's entry, made the youngest of its list; evicts the oldest when the cache is full.</summary>
    private Entry Touch(WalletAddress wallet)
    {
        if (_entries.TryGetValue(wallet, out var node))
        {
            var list = node.List!;
            list.Remove(node);
            list.AddLast(node);
            return node.Value;
        }

        while (_entries.Count >= capacity)
        {
            var oldest = (_unknown.First ?? _known.First)!;
            _entries.Remove(oldest.Value.Wallet);
            oldest.List!.Remove(oldest);
        }

        node = _unknown.AddLast(new Entry(wallet));
        _entries.Add(wallet, node);
        return node.Value;
    }

    /// <summary>Facts of one wallet at the two heads that were asked for last.</summary>
    private sealed class Entry(WalletAddress wallet)
    {
        private readonly (WalletFacts Facts, Bytes32? Root)?[] _slots = new (WalletFacts, Bytes32?)?[2];

        public WalletAddress Wallet { get; } = wallet;

        public Dictionary<Bytes32, Task<Result<WalletFacts, ChainFailure>>> Reading { get; } = [];

        /// <summary>What was read at the block for either view: a block that was latest becomes final and is not read again.</summary>
        public WalletFacts? Find(BlockRef at, Finality view)
        {
            var found = Array.Find(_slots, slot => slot?.Facts.At == at);
            if (found is not null)
            {
                _slots[(int)view] = found;
            }

            return found?.Facts;
        }

        public WalletFacts? FindByRoot(Bytes32 root) => Array.Find(_slots, slot => slot?.Root == root)?.Facts;

        public void Remember(Finality view, WalletFacts facts, Bytes32? root) => _slots[(int)view] = (facts, root);
    }
}
