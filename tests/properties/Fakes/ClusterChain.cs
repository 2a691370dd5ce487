using System.Buffers.Binary;
using System.Security.Cryptography;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Properties.Fakes;

/// <summary>A chain in memory: blocks by hand or by the clock, a mempool, reorgs, and counters of reads.</summary>
internal sealed class ClusterChain : IChain
{
    private readonly ManualClock _clock;
    private readonly List<(BlockRef Ref, ClusterState State, List<byte[]> Mined)> _blocks = [];
    private readonly List<byte[]> _mempool = [];
    private int _fork;

    public ClusterChain(ManualClock clock, ClusterState genesis, ulong finalityDepth)
    {
        _clock = clock;
        FinalityDepth = finalityDepth;
        Append(genesis, []);
        for (ulong i = 0; i < finalityDepth + 1; i++)
        {
            Mine();
        }
    }

    public ulong FinalityDepth { get; }

    public ChainIdentity Identity { get; } = new(31337, WalletAddress.Parse("0x5fbdb2315678afecb367f032d93f642f64180aa3"));

    public BlockRef Head => _blocks[^1].Ref;

    public ClusterState State => _blocks[^1].State;

    public int WalletReads { get; private set; }

    /// <summary>Rewrites what is read of a wallet; the storage root stays true.</summary>
    public Func<WalletFacts, WalletFacts>? WalletLie { get; set; }

    public int Proposals { get; private set; }

    public int Submissions { get; private set; }

    public Func<Task>? BeforeRegistryRead { get; set; }

    /// <summary>What the implementation of the port throws instead of answering.</summary>
    public Func<Exception?> Throws { get; set; } = () => null;

    /// <summary>Nonce and fee of each transaction, in the order of its first submission.</summary>
    public List<(ulong Nonce, ulong Fee)> Submitted { get; } = [];

    public int ReceiptReads { get; private set; }

    public HashSet<Bytes32> ReceiptsAskedFor { get; } = [];

    public HashSet<WalletAddress> Unfunded { get; } = [];

    public ChainFailure? Fails { get; set; }

    /// <summary>What a transaction must pay at least: another of the wallet, which its node forgot, has the nonce.</summary>
    public ulong LeastFee { get; set; }

    /// <summary>Null: not served. The root follows from what the app registry part of the state is.</summary>
    public bool ServesRoots { get; set; }

    public bool AutoMine { get; set; } = true;

    /// <summary>Answers heads as if this were the newest block (a replay).</summary>
    public ulong? PretendHead { get; set; }

    public Func<Task>? BeforeWalletRead { get; set; }

    /// <summary>Mines everything that the clock is due for, one block a second.</summary>
    public void KeepUp()
    {
        while (AutoMine && (ulong)_clock.UtcNow.ToUnixTimeSeconds() > Head.TimestampSeconds)
        {
            Mine();
        }
    }

    public BlockRef Mine(Action<ClusterState>? change = null)
    {
        var state = State.Clone();
        ulong block = Head.Number + 1;
        state.Expire(block);
        change?.Invoke(state);
        var mined = new List<byte[]>();
        foreach (byte[] transaction in _mempool.ToArray())
        {
            var (from, nonce, data) = Parse(transaction);
            ulong expected = state.Nonces.GetValueOrDefault(from);
            if (nonce != expected)
            {
                continue;
            }

            state.Nonces[from] = nonce + 1;
            if (Execute(state, from, data, block))
            {
                Proposals += data[0] == 1 ? 1 : 0;
            }

            mined.Add(transaction);
        }

        _mempool.RemoveAll(one => mined.Contains(one) || Parse(one).Nonce < state.Nonces.GetValueOrDefault(Parse(one).From));
        Append(state, mined);
        return Head;
    }

    /// <summary>Replaces the newest blocks by as many others.</summary>
    /// <param name="keep">Their transactions go back to the mempool; else they are lost.</param>
    public void Reorg(int depth, bool keep)
    {
        _fork++;
        var lost = _blocks.Skip(_blocks.Count - depth).SelectMany(block => block.Mined).ToArray();
        _blocks.RemoveRange(_blocks.Count - depth, depth);
        if (keep)
        {
            _mempool.InsertRange(0, lost);
        }

        for (int i = 0; i < depth; i++)
        {
            // Re-included, if at all, in the last block: the others really differ.
            var waiting = _mempool.ToArray();
            if (i < depth - 1)
            {
                _mempool.Clear();
            }

            Mine();
            if (i < depth - 1)
            {
                _mempool.AddRange(waiting);
            }
        }
    }

    public Task<Result<BlockRef, ChainFailure>> GetHeadAsync(Finality finality, CancellationToken cancel)
    {
        ulong latest = PretendHead ?? Head.Number;
        return Answer(() => Result<BlockRef, ChainFailure>.Ok(_blocks[(int)(finality == Finality.Latest ? latest : latest - FinalityDepth)].Ref));
    }

    public Task<Result<BlockRef, ChainFailure>> GetBlockAsync(ulong number, CancellationToken cancel) => Answer(() => number <= Head.Number
        ? Result<BlockRef, ChainFailure>.Ok(_blocks[(int)number].Ref)
        : Result<BlockRef, ChainFailure>.Fail(ChainFailure.Unavailable, "not found"));

    public async Task<Result<RegistrySnapshot, ChainFailure>> ReadRegistryAsync(BlockRef at, WalletAddress self, CancellationToken cancel)
    {
        if (BeforeRegistryRead is { } before)
        {
            await before();
        }

        return await Answer(() => At(at, state => state.Snapshot(at, self)));
    }

    public async Task<Result<WalletFacts, ChainFailure>> ReadWalletAsync(BlockRef at, WalletAddress wallet, CancellationToken cancel)
    {
        WalletReads++;
        if (BeforeWalletRead is { } before)
        {
            await before();
        }

        return await Answer(() => At(at, state =>
        {
            var instance = state.Find(wallet);
            var facts = new WalletFacts(
                at, wallet, instance, instance is null ? null : state.Versions.GetValueOrDefault(instance.Version),
                instance is null ? null : new AppRecord(instance.App, state.AppStatus));
            return WalletLie is { } lie ? lie(facts) : facts;
        }));
    }

    public Task<Result<Bytes32, ChainFailure>> ReadAppRegistryRootAsync(BlockRef at, CancellationToken cancel) => Answer(() => !ServesRoots
        ? Result<Bytes32, ChainFailure>.Fail(ChainFailure.Unsupported, "no proofs")
        : At(at, state => Bytes32.From(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(
            string.Join('|', state.Instances) + string.Join('|', state.Versions.Values) + state.AppStatus)))));

    public Task<Result<UnsignedTransaction, ChainFailure>> PrepareAsync(
        RegistryCall call, WalletAddress from, IReadOnlyList<UnsignedTransaction> underWay, CancellationToken cancel) => Answer(() =>
    {
        if (Unfunded.Contains(from))
        {
            return Result<UnsignedTransaction, ChainFailure>.Fail(ChainFailure.Unfunded, "no ether");
        }

        byte[] data = Encode(call);
        return Execute(State.Clone(), from, data, Head.Number + 1)
            ? Result<UnsignedTransaction, ChainFailure>.Ok(Priced(State.Nonces.GetValueOrDefault(from), data, underWay))
            : Result<UnsignedTransaction, ChainFailure>.Fail(ChainFailure.Rejected, "would revert");
    });

    public Task<Result<Bytes32, ChainFailure>> SubmitAsync(ReadOnlyMemory<byte> signedTransaction, CancellationToken cancel) => Answer(() =>
    {
        Submissions++;
        byte[] bytes = signedTransaction.ToArray();
        if (!_mempool.Exists(one => one.AsSpan().SequenceEqual(bytes)))
        {
            Submitted.Add((BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(20)), BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(28))));
            if (Submitted[^1].Fee < LeastFee)
            {
                return Result<Bytes32, ChainFailure>.Fail(ChainFailure.Underpriced, "replacement transaction underpriced");
            }

            _mempool.Add(bytes);
        }

        return Result<Bytes32, ChainFailure>.Ok(Keccak256.Hash(bytes));
    });

    public Task<Result<TransactionReceipt?, ChainFailure>> FindReceiptAsync(Bytes32 transactionHash, CancellationToken cancel) => Answer(() =>
    {
        ReceiptReads++;
        ReceiptsAskedFor.Add(transactionHash);
        foreach (var (block, _, mined) in _blocks)
        {
            if (mined.Exists(one => Keccak256.Hash(one) == transactionHash))
            {
                return Result<TransactionReceipt?, ChainFailure>.Ok(new TransactionReceipt(transactionHash, block.Number, block.Hash, true));
            }
        }

        return Result<TransactionReceipt?, ChainFailure>.Ok(null);
    });

    /// <summary>What <see cref="ClusterOdyn"/> calls a signed transaction.</summary>
    public static byte[] Sign(WalletAddress from, UnsignedTransaction transaction)
    {
        var bytes = new byte[36 + transaction.Data.Length];
        from.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(20), transaction.Nonce);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(28), (ulong)transaction.MaxFeePerGas);
        transaction.Data.CopyTo(bytes.AsMemory(36));
        return bytes;
    }

    private UnsignedTransaction Priced(ulong nonce, byte[] data, IReadOnlyList<UnsignedTransaction> underWay)
    {
        var (priority, fee) = UnsignedTransaction.FeesToReplace(underWay, nonce);
        return new UnsignedTransaction(
            Identity.ChainId, nonce, priority > 1 ? priority : 1, fee > 2 ? fee : 2, 100_000, Identity.KmsRegistry, 0, data);
    }

    private static byte[] Encode(RegistryCall call)
    {
        var data = new byte[41];
        switch (call)
        {
            case RegistryCall.Propose propose:
                data[0] = 1;
                propose.Hash.CopyTo(data.AsSpan(1));
                break;
            case RegistryCall.Confirm confirm:
                data[0] = 2;
                confirm.Hash.CopyTo(data.AsSpan(1));
                BinaryPrimitives.WriteUInt64BigEndian(data.AsSpan(33), confirm.ProposalId);
                break;
            case RegistryCall.SyncOperator sync:
                data[0] = 3;
                sync.Wallet.CopyTo(data.AsSpan(1));
                break;
        }

        return data;
    }

    private static bool Execute(ClusterState state, WalletAddress from, ReadOnlySpan<byte> data, ulong block) => data[0] switch
    {
        1 => state.Propose(from, Bytes32.From(data[1..33]), block),
        2 => state.Confirm(from, BinaryPrimitives.ReadUInt64BigEndian(data[33..]), Bytes32.From(data[1..33]), block),
        _ => state.List(WalletAddress.From(data[1..21])),
    };

    private static (WalletAddress From, ulong Nonce, byte[] Data) Parse(byte[] transaction) => (
        WalletAddress.From(transaction.AsSpan(0, 20)), BinaryPrimitives.ReadUInt64BigEndian(transaction.AsSpan(20)), transaction[36..]);

    private Result<T, ChainFailure> At<T>(BlockRef at, Func<ClusterState, T> read) =>
        at.Number > Head.Number ? Result<T, ChainFailure>.Fail(ChainFailure.Unavailable, "not found")
        : _blocks[(int)at.Number].Ref != at ? Result<T, ChainFailure>.Fail(ChainFailure.Reorged, "replaced")
        : Result<T, ChainFailure>.Ok(read(_blocks[(int)at.Number].State));

    private async Task<Result<T, ChainFailure>> Answer<T>(Func<Result<T, ChainFailure>> answer)
    {
        // A round trip: state may move between any two calls.
        await _clock.DelayAsync(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        if (Throws() is { } thrown)
        {
            throw thrown;
        }

        return Fails is { } failure ? Result<T, ChainFailure>.Fail(failure, "told to") : answer();
    }

    private void Append(ClusterState state, List<byte[]> mined)
    {
        ulong number = (ulong)_blocks.Count;
        ulong timestamp = Math.Max((ulong)_clock.UtcNow.ToUnixTimeSeconds(), number == 0 ? 0 : Head.TimestampSeconds);
        var hash = SHA256.HashData([.. BitConverter.GetBytes(number), .. BitConverter.GetBytes(_fork)]);
        _blocks.Add((new BlockRef(number, Bytes32.From(hash), timestamp), state, mined));
    }
}
