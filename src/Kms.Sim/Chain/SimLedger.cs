using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Kms.Core.Primitives;
using Kms.Sim.Kernel;

namespace Kms.Sim.Chain;

/// <summary>The one true chain of the world, its mempool and its orphans.</summary>
internal sealed class SimLedger
{
    private readonly SimRandom _random;
    private readonly List<SimBlock> _canonical = [];
    private readonly List<SimTransaction> _mempool = [];
    private readonly Dictionary<Bytes32, List<SimBlock>> _minedIn = [];
    private readonly HashSet<WalletAddress> _funded = [];
    private readonly int _maxHoldBlocks;
    private ulong _platformNonce;

    /// <param name="maxHoldBlocks">Adversarial mempool: producers may leave a transaction lying this long.</param>
    public SimLedger(SimRandom random, ContractState genesis, ulong genesisSeconds, int maxHoldBlocks)
    {
        _random = random;
        _maxHoldBlocks = maxHoldBlocks;
        _canonical.Add(new SimBlock(
            new BlockRef(0, HashOf(default, 0), genesisSeconds), null, genesis, ImmutableDictionary<WalletAddress, ulong>.Empty, []));
    }

    /// <summary>A block became canonical; the second argument says whether it replaces another of its height.</summary>
    public event Action<SimBlock, bool>? BlockAdded;

    /// <summary>Blocks that were canonical and are no longer, lowest first.</summary>
    public event Action<IReadOnlyList<SimBlock>>? BlocksOrphaned;

    /// <summary>Adversarial mempool: what nodes sent is left lying, for as long as this holds.</summary>
    public bool ProducersWait { get; set; }

    public SimBlock Head => _canonical[^1];

    public SimBlock? Canonical(ulong number) => number < (ulong)_canonical.Count ? _canonical[(int)number] : null;

    public bool IsCanonical(SimBlock block) => ReferenceEquals(Canonical(block.Number), block);

    public void Fund(WalletAddress wallet) => _funded.Add(wallet);

    public void Defund(WalletAddress wallet) => _funded.Remove(wallet);

    public bool IsFunded(WalletAddress wallet) => _funded.Contains(wallet);

    /// <summary>A transaction of the platform or the owner: no nonce to wait for.</summary>
    public void SubmitFromPlatform(SimCall call, WalletAddress from, bool atOnce = true)
    {
        Span<byte> salt = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(salt, ++_platformNonce);
        Add(new SimTransaction(Bytes32.From(SHA256.HashData([.. from.ToArray(), .. salt])), from, null, 0, call, atOnce ? 0 : Hold()));
    }

    /// <returns>False when another of the sender's transactions has the nonce and this one does not pay a tenth more (go-ethereum's rule).</returns>
    public bool Submit(SimTransaction transaction)
    {
        if (_mempool.Exists(known => known.Hash == transaction.Hash))
        {
            return true;
        }

        var rival = _mempool.Find(known => known.From == transaction.From && known.Nonce == transaction.Nonce);
        if (rival is not null)
        {
            if (transaction.Fee * 10 < rival.Fee * 11)
            {
                return false;
            }

            // By value; no two in the mempool have one hash.
            _mempool.Remove(rival);
        }

        Add(transaction with { NotBefore = Hold() });
        return true;
    }

    /// <summary>The blocks that hold a transaction: more than one after a reorganisation that included it again.</summary>
    public IReadOnlyList<SimBlock> BlocksOf(Bytes32 transaction) => _minedIn.TryGetValue(transaction, out var blocks) ? blocks : [];

    /// <summary>Whether a transaction of this wallet may still be mined.</summary>
    public bool IsPending(WalletAddress from) => _mempool.Exists(known => known.From == from);

    /// <param name="change">What no call of the contracts does, before the block's transactions: gone for good when the block is replaced.</param>
    public void Mine(ulong timestampSeconds, Func<ContractState, ContractState>? change = null)
    {
        var parent = Head;
        Append(parent, Math.Max(timestampSeconds, parent.Ref.TimestampSeconds + 1), TakeDue(parent), replaces: false, change);
    }

    /// <summary>Replaces the newest blocks by one more than were there.</summary>
    /// <param name="platformToo">What the platform and the owner did is treated like everybody else's transactions.</param>
    public void Reorganise(int depth, ReorgStyle style, bool platformToo = false)
    {
        depth = Math.Min(depth, _canonical.Count - 1);
        if (depth <= 0)
        {
            return;
        }

        var orphans = _canonical.GetRange(_canonical.Count - depth, depth);
        _canonical.RemoveRange(_canonical.Count - depth, depth);
        BlocksOrphaned?.Invoke(orphans);
        var freed = orphans.SelectMany(block => block.Transactions.Select(entry => entry.Transaction)).ToList();
        foreach (var transaction in freed)
        {
            // What the platform did stands, or whole apps would vanish; nodes' transactions are what reorgs are about.
            bool keep = style == ReorgStyle.Reinclude || (transaction.Nonce is null && !platformToo);
            if (keep || style == ReorgStyle.Delay)
            {
                _mempool.Add(transaction with { NotBefore = keep ? 0 : Head.Number + (ulong)depth + Hold() % 16 + 2 });
            }
        }

        for (int i = 0; i <= depth; i++)
        {
            ulong timestamp = i < orphans.Count ? orphans[i].Ref.TimestampSeconds : Head.Ref.TimestampSeconds + 1;
            Append(Head, timestamp, TakeDue(Head), replaces: i < orphans.Count);
        }
    }

    /// <summary>A branch of empty blocks that never becomes canonical, for an endpoint that follows the wrong fork.</summary>
    public SimBlock Fork(int depth)
    {
        var tip = Canonical((ulong)Math.Max(0, _canonical.Count - 1 - depth))!;
        for (int i = 0; i < depth; i++)
        {
            tip = Build(tip, tip.Ref.TimestampSeconds + 1, []);
        }

        return tip;
    }

    /// <summary>The ancestor of a block (or itself) at a height; null above it.</summary>
    public SimBlock? Ancestor(SimBlock tip, ulong number)
    {
        if (number > tip.Number)
        {
            return null;
        }

        for (var block = tip; block is not null; block = block.Parent)
        {
            if (IsCanonical(block))
            {
                return Canonical(number <= block.Number ? number : block.Number);
            }

            if (block.Number == number)
            {
                return block;
            }
        }

        return null;
    }

    private void Add(SimTransaction transaction) => _mempool.Add(transaction);

    private ulong Hold() => Head.Number + 1 + (ulong)_random.Below(_maxHoldBlocks + 1);

    private List<SimTransaction> TakeDue(SimBlock parent)
    {
        var due = _mempool.FindAll(transaction => transaction.NotBefore <= parent.Number + 1 && (transaction.Nonce is null || !ProducersWait));
        _random.Shuffle(due);
        return due;
    }

    private void Append(SimBlock parent, ulong timestamp, List<SimTransaction> due, bool replaces, Func<ContractState, ContractState>? change = null)
    {
        var block = Build(parent, timestamp, due, change);
        foreach (var (transaction, _) in block.Transactions)
        {
            _mempool.RemoveAll(known => known.Hash == transaction.Hash);
            if (!_minedIn.TryGetValue(transaction.Hash, out var blocks))
            {
                blocks = [];
                _minedIn.Add(transaction.Hash, blocks);
            }

            blocks.Add(block);
        }

        _mempool.RemoveAll(known => known.Nonce < block.Nonces.GetValueOrDefault(known.From));
        _canonical.Add(block);
        BlockAdded?.Invoke(block, replaces);
    }

    private SimBlock Build(SimBlock parent, ulong timestamp, List<SimTransaction> due, Func<ContractState, ContractState>? change = null)
    {
        ulong number = parent.Number + 1;
        var state = change is null ? parent.State : change(parent.State);
        var nonces = parent.Nonces;
        var mined = new List<(SimTransaction, SimRevert)>();
        bool progress = due.Count > 0;
        while (progress)
        {
            progress = false;
            for (int i = 0; i < due.Count; i++)
            {
                var transaction = due[i];
                ulong expected = nonces.GetValueOrDefault(transaction.From);
                if (transaction.Nonce is { } nonce && nonce != expected)
                {
                    continue;
                }

                (state, var revert) = ContractMachine.Apply(state, transaction.Call, transaction.From, number, timestamp);
                mined.Add((transaction, revert));
                nonces = transaction.Nonce is null ? nonces : nonces.SetItem(transaction.From, expected + 1);
                due.RemoveAt(i--);
                progress = due.Count > 0;
            }
        }

        return new SimBlock(new BlockRef(number, HashOf(parent.Ref.Hash, number), timestamp), parent, state, nonces, mined);
    }

    private Bytes32 HashOf(Bytes32 parent, ulong number)
    {
        Span<byte> input = stackalloc byte[48];
        parent.CopyTo(input);
        BinaryPrimitives.WriteUInt64BigEndian(input[32..], number);
        BinaryPrimitives.WriteUInt64BigEndian(input[40..], _random.Next());
        return Bytes32.From(SHA256.HashData(input));
    }
}
