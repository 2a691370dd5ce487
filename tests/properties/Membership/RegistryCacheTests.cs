using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Properties.Fakes;
using Kms.Sim.Chain;
using Kms.Sim.Workload;

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
            var app = world.App(random.Next(1, 4));
            switch (random.Next(4))
            {
                case 0:
                    world.Set(app, random.Next(2) == 0 ? AppStatus.Active : AppStatus.Inactive);
                    break;
                case 1:
                    world.Mine();
                    break;
                default:
                    int before = world.WalletReads;
                    var heads = world.Heads.Heads!;
                    var answer = world.Read(app.Wallet);
                    answer.AtFinal.ShouldBe(world.Truth(heads.Final, app));
                    answer.AtLatest.ShouldBe(world.Truth(world.Inner.Head, app));
                    answer.AtLatest.At.ShouldBe(heads.Latest);
                    int allowed = (read.Add((app.Wallet, Finality.Final, heads.Final.Hash)) ? 1 : 0)
                        + (read.Add((app.Wallet, Finality.Latest, heads.Latest.Hash)) ? 1 : 0);
                    (world.WalletReads - before).ShouldBeLessThanOrEqualTo(allowed);
                    break;
            }
        }
    }

    [Fact]
    public void An_unchanged_storage_root_carries_every_entry_forward_without_a_read()
    {
        using var world = new World(roots: true);
        world.Read(world.App(1).Wallet);
        world.Read(world.App(2).Wallet);
        int reads = world.WalletReads;

        for (int i = 0; i < 5; i++)
        {
            world.Mine();
            world.Read(world.App(1).Wallet).AtLatest.At.ShouldBe(world.Inner.Head);
            world.Read(world.App(2).Wallet);
        }

        world.WalletReads.ShouldBe(reads);
        world.Set(world.App(1), AppStatus.Inactive);
        world.Read(world.App(1).Wallet).AtLatest.App!.Status.ShouldBe(AppStatus.Inactive);
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
        var app = world.App(1);
        world.Chain.WalletLie = facts => lie switch
        {
            "zeros" => facts with { Instance = null, Version = null, App = null },
            "stopped" => facts with { Instance = facts.Instance! with { Status = InstanceStatus.Stopped } },
            "unproven" => facts with { Instance = facts.Instance! with { ZkVerified = false } },
            _ => facts with { Instance = facts.Instance! with { TeePublicKey = null } },
        };
        world.Read(app.Wallet);
        world.Chain.WalletLie = null;

        world.Mine();
        world.Read(app.Wallet).AtLatest.ShouldBe(world.Truth(world.Inner.Head, app));
        for (int i = 0; i < TestWorld.Depth; i++)
        {
            world.Mine();
        }

        world.Read(app.Wallet).AtFinal.ShouldBe(world.Truth(world.Heads.Heads!.Final, app));
    }

    [Fact]
    public void Concurrent_misses_of_one_wallet_share_one_read_per_head()
    {
        using var world = new World(roots: false);
        world.Chain.Endpoint.Pace = TimeSpan.FromMilliseconds(1);
        var tasks = world.ReadAll([.. Enumerable.Repeat(world.App(1).Wallet, 20)]);

        tasks.ShouldAllBe(read => read.Failure == null);
        world.WalletReads.ShouldBe(2);
    }

    [Fact]
    public void The_cache_is_bounded_and_unknown_wallets_leave_first()
    {
        using var world = new World(roots: false, capacity: 8);
        world.Read(world.App(1).Wallet);
        for (byte i = 50; i < 90; i++)
        {
            world.Read(Views.Wallet(i));
            world.Cache.Count.ShouldBeLessThanOrEqualTo(8);
        }

        int reads = world.WalletReads;
        world.Read(world.App(1).Wallet);
        world.WalletReads.ShouldBe(reads, "a flood of unknown wallets evicted nobody that is known");
    }

    [Fact]
    public void A_node_s_cache_keeps_its_limit_of_wallets_and_the_next_costs_the_oldest_its_place()
    {
        using var world = new World(roots: false);
        var wallets = Enumerable.Range(1, Limits.MaxCachedWallets + 1).Select(i => TestPeer.Of(i).Wallet).ToArray();
        world.ReadAll(wallets[..^1]);
        world.Cache.Count.ShouldBe(Limits.MaxCachedWallets);
        int reads = world.WalletReads;
        world.Read(wallets[0]);
        world.WalletReads.ShouldBe(reads, "all of them are remembered");

        world.Read(wallets[^1]);
        world.Cache.Count.ShouldBe(Limits.MaxCachedWallets);
        world.Read(wallets[0]);
        world.WalletReads.ShouldBe(reads + 2, "the newest was read");
        world.Read(wallets[1]);
        world.WalletReads.ShouldBe(reads + 4, "the oldest was read again");
    }

    [Fact]
    public void A_failed_read_is_not_remembered()
    {
        using var world = new World(roots: false);
        world.Chain.Endpoint.IsDown = true;
        world.TryRead(world.App(1).Wallet).Failure.ShouldBe(ChainFailure.Unavailable);
        world.Chain.Endpoint.IsDown = false;
        world.TryRead(world.App(1).Wallet).Failure.ShouldBeNull();
    }

    [Fact]
    public void Clearing_forgets_and_discards_what_is_under_way()
    {
        using var world = new World(roots: false);
        world.Chain.Endpoint.Pace = TimeSpan.FromMilliseconds(1);
        var reading = world.Inner.Do(() => world.Cache.ReadWalletAsync(world.App(1).Wallet, default));
        world.Cache.Clear();
        world.Inner.RunUntil(() => reading.IsCompleted, 5).ShouldBeTrue();
        world.Cache.Count.ShouldBe(0);
    }

    private sealed class World : IDisposable
    {
        public World(bool roots, int? capacity = null)
        {
            Inner.AutoMine = false;
            Chain = Inner.NewChain();
            Chain.ServesRoots = roots;
            Heads = new ChainWatch(Chain, Inner.Clock, Inner.NewTrustedTime(), Limits.ChainStaleAfterMs, default);
            Cache = capacity is { } few ? new RegistryCache(Chain, Heads, few, default) : new RegistryCache(Chain, Heads, default);
            for (int i = 0; i < TestWorld.Depth; i++)
            {
                Mine();
            }
        }

        public TestWorld Inner { get; } = new(1, 1, options => options with { Apps = 3 });

        public TappedChain Chain { get; }

        public ChainWatch Heads { get; }

        public RegistryCache Cache { get; }

        public int WalletReads => Chain.CallsOf(nameof(IChain.ReadWalletAsync));

        /// <summary>The one instance of an app of its own.</summary>
        public SimApp App(int number) => Inner.Sim.Apps[number - 1];

        public void Mine()
        {
            Inner.Mine();
            Refresh();
        }

        public void Set(SimApp app, AppStatus status)
        {
            Inner.Send(new SimCall.SetAppStatus(app.Id, status));
            Refresh();
        }

        public WalletFacts Truth(BlockRef at, SimApp app) => Inner.Sim.Ledger.Canonical(at.Number)!.State.Facts(at, app.Wallet);

        public Result<TwoViews<WalletFacts>, ChainFailure> TryRead(WalletAddress wallet) => Now(Cache.ReadWalletAsync(wallet, default));

        public TwoViews<WalletFacts> Read(WalletAddress wallet)
        {
            TryRead(wallet).TryGet(out var facts).ShouldBeTrue();
            return facts;
        }

        public Result<TwoViews<WalletFacts>, ChainFailure>[] ReadAll(WalletAddress[] wallets) =>
            Inner.Await(() => Task.WhenAll(wallets.Select(wallet => Cache.ReadWalletAsync(wallet, default))), 5);

        public void Dispose() => Inner.Dispose();

        private void Refresh() => Now(Heads.RefreshAsync()).Failure.ShouldBeNull();

        private static T Now<T>(Task<T> task)
        {
            task.IsCompleted.ShouldBeTrue();
            return task.GetAwaiter().GetResult();
        }
    }
}
