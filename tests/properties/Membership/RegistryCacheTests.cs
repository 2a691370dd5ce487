using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Properties.Fakes;

namespace Kms.Properties.Membership;

/// <summary>The cache of authority against a model of the chain. Invariant 8 of docs/invariants.md, finding H6.</summary>
public sealed class RegistryCacheTests
{
    [Property(MaxTest = 60)]
    public void Answers_are_the_chain_s_at_the_current_heads_and_cost_at_most_one_read_per_entry_and_head(int seed, bool roots)
    {
        var random = new Random(seed);
        using var world = new World(roots);
        var read = new HashSet<(WalletAddress, Finality, Bytes32)>();
        for (int step = 0; step < 40; step++)
        {
            var wallet = world.Cluster.Wallet(random.Next(1, 4));
            switch (random.Next(4))
            {
                case 0:
                    world.Chain.Mine(state => state.Change(wallet, one => one with { Status = (InstanceStatus)random.Next(2) }));
                    world.Refresh();
                    break;
                case 1:
                    world.Chain.Mine();
                    world.Refresh();
                    break;
                default:
                    int before = world.Chain.WalletReads;
                    var heads = world.Heads.Heads!;
                    var answer = world.Read(wallet);
                    answer.AtFinal.At.ShouldBe(heads.Final);
                    answer.AtLatest.At.ShouldBe(heads.Latest);
                    answer.AtLatest.Instance.ShouldBe(world.Chain.State.Find(wallet));
                    int allowed = (read.Add((wallet, Finality.Final, heads.Final.Hash)) ? 1 : 0)
                        + (read.Add((wallet, Finality.Latest, heads.Latest.Hash)) ? 1 : 0);
                    (world.Chain.WalletReads - before).ShouldBeLessThanOrEqualTo(allowed);
                    break;
            }
        }
    }

    [Fact]
    public void An_unchanged_storage_root_carries_every_entry_forward_without_a_read()
    {
        using var world = new World(roots: true);
        world.Read(world.Cluster.Wallet(1));
        world.Read(world.Cluster.Wallet(2));
        int reads = world.Chain.WalletReads;

        for (int i = 0; i < 5; i++)
        {
            world.Chain.Mine();
            world.Refresh();
            world.Read(world.Cluster.Wallet(1)).AtLatest.At.ShouldBe(world.Chain.Head);
            world.Read(world.Cluster.Wallet(2));
        }

        world.Chain.WalletReads.ShouldBe(reads);
        world.Chain.Mine(state => state.Change(world.Cluster.Wallet(1), one => one with { ZkVerified = false }));
        world.Refresh();
        world.Read(world.Cluster.Wallet(1)).AtLatest.Instance!.ZkVerified.ShouldBeFalse();
    }

    /// <summary>Seed 80000258 of the simulator: an endpoint's zeros, read between its true root and its next one, locked an app out for good.</summary>
    [Theory]
    [InlineData("zeros")]
    [InlineData("stopped")]
    [InlineData("unproven")]
    [InlineData("keyless")]
    public void What_grants_nothing_is_not_carried_by_a_root(string lie)
    {
        using var world = new World(roots: true);
        var wallet = world.Cluster.Wallet(1);
        world.Chain.WalletLie = facts => lie switch
        {
            "zeros" => facts with { Instance = null, Version = null, App = null },
            "stopped" => facts with { Instance = facts.Instance! with { Status = InstanceStatus.Stopped } },
            "unproven" => facts with { Instance = facts.Instance! with { ZkVerified = false } },
            _ => facts with { Instance = facts.Instance! with { TeePublicKey = null } },
        };
        world.Read(wallet);
        world.Chain.WalletLie = null;

        world.Chain.Mine();
        world.Refresh();
        world.Read(wallet).AtLatest.Instance.ShouldBe(world.Chain.State.Find(wallet));
        for (ulong i = 0; i < Cluster.Depth; i++)
        {
            world.Chain.Mine();
            world.Refresh();
        }

        world.Read(wallet).AtFinal.Instance.ShouldBe(world.Chain.State.Find(wallet));
    }

    [Fact]
    public void Concurrent_misses_of_one_wallet_share_one_read_per_head()
    {
        using var world = new World(roots: false);
        var tasks = world.Cluster.Loop.Run(() => Enumerable.Range(0, 20).Select(_ => world.Cache.ReadWalletAsync(world.Cluster.Wallet(1), default)).ToArray());
        world.Cluster.RunUntil(() => tasks.All(task => task.IsCompleted), 5).ShouldBeTrue();

        tasks.ShouldAllBe(task => task.Result.Failure == null);
        world.Chain.WalletReads.ShouldBe(2);
    }

    [Fact]
    public void The_cache_is_bounded_and_unknown_wallets_leave_first()
    {
        using var world = new World(roots: false, capacity: 8);
        world.Read(world.Cluster.Wallet(1));
        for (byte i = 50; i < 90; i++)
        {
            world.Read(Views.Wallet(i));
            world.Cache.Count.ShouldBeLessThanOrEqualTo(8);
        }

        int reads = world.Chain.WalletReads;
        world.Read(world.Cluster.Wallet(1));
        world.Chain.WalletReads.ShouldBe(reads, "a flood of unknown wallets evicted nobody that is known");
    }

    [Fact]
    public void A_node_s_cache_keeps_its_limit_of_wallets_and_the_next_costs_the_oldest_its_place()
    {
        using var world = new World(roots: false);
        var wallets = Enumerable.Range(1, Limits.MaxCachedWallets + 1).Select(i => TestPeer.Of(i).Wallet).ToArray();
        world.ReadAll(wallets[..^1]);
        world.Cache.Count.ShouldBe(Limits.MaxCachedWallets);
        int reads = world.Chain.WalletReads;
        world.Read(wallets[0]);
        world.Chain.WalletReads.ShouldBe(reads, "all of them are remembered");

        world.Read(wallets[^1]);
        world.Cache.Count.ShouldBe(Limits.MaxCachedWallets);
        world.Read(wallets[0]);
        world.Chain.WalletReads.ShouldBe(reads + 2, "the newest was read");
        world.Read(wallets[1]);
        world.Chain.WalletReads.ShouldBe(reads + 4, "the oldest was read again");
    }

    [Fact]
    public void A_failed_read_is_not_remembered()
    {
        using var world = new World(roots: false);
        world.Chain.Fails = ChainFailure.Unavailable;
        world.TryRead(world.Cluster.Wallet(1)).Failure.ShouldBe(ChainFailure.Unavailable);
        world.Chain.Fails = null;
        world.TryRead(world.Cluster.Wallet(1)).Failure.ShouldBeNull();
    }

    [Fact]
    public void Clearing_forgets_and_discards_what_is_under_way()
    {
        using var world = new World(roots: false);
        var reading = world.Cluster.Loop.Run(() => world.Cache.ReadWalletAsync(world.Cluster.Wallet(1), default));
        world.Cache.Clear();
        world.Cluster.RunUntil(() => reading.IsCompleted, 5).ShouldBeTrue();
        world.Cache.Count.ShouldBe(0);
    }

    private sealed class World : IDisposable
    {
        public World(bool roots, int? capacity = null)
        {
            Cluster = new Cluster(3, 1);
            Chain.AutoMine = false;
            Chain.ServesRoots = roots;
            Heads = new ChainWatch(Chain, Cluster.Clock, TestTime.Of(Cluster), Limits.ChainStaleAfterMs, default);
            Cache = capacity is { } few ? new RegistryCache(Chain, Heads, few, default) : new RegistryCache(Chain, Heads, default);
            Refresh();
        }

        public Cluster Cluster { get; }

        public ClusterChain Chain => Cluster.Chain;

        public ChainWatch Heads { get; }

        public RegistryCache Cache { get; }

        public void Refresh() => Cluster.Loop.Await(Heads.RefreshAsync, TimeSpan.FromSeconds(5)).Failure.ShouldBeNull();

        public Result<TwoViews<WalletFacts>, ChainFailure> TryRead(WalletAddress wallet) =>
            Cluster.Loop.Await(() => Cache.ReadWalletAsync(wallet, default), TimeSpan.FromSeconds(5));

        public TwoViews<WalletFacts> Read(WalletAddress wallet)
        {
            TryRead(wallet).TryGet(out var facts).ShouldBeTrue();
            return facts;
        }

        public void ReadAll(WalletAddress[] wallets)
        {
            var reads = Cluster.Loop.Run(() => wallets.Select(wallet => Cache.ReadWalletAsync(wallet, default)).ToArray());
            Cluster.RunUntil(() => reads.All(read => read.IsCompleted), 5).ShouldBeTrue();
        }

        public void Dispose() => Cluster.Dispose();
    }
}
