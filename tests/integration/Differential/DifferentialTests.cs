using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Devnet.Chain;
using Kms.Integration.Support;
using Kms.Sim.Chain;
using Kms.Sim.Kernel;
using Xunit.Abstractions;

namespace Kms.Integration.Differential;

/// <summary>
/// The simulated contracts are the same state machine as the real ones: the same random operations go through both, and
/// after every block every outcome and every view is compared, to the byte.
/// </summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const int BlocksOfASeed = 500;

    [Fact]
    public async Task Real_and_simulated_contracts_agree_on_fixed_seeds_and_meet_every_refusal()
    {
        var told = new ConcurrentBag<(IEnumerable<SimRevert> Met, IEnumerable<SimActionKind> Executed)>();
        await Parallel.ForAsync(1, 9, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (seed, _) => told.Add(await RunAsync((ulong)seed)));

        // A source of operations that stopped short of something would agree on little. A full list of measurements is rare in
        // worlds of this length: test_RevertWhen_MeasurementCannotBeAdded has that bound. Full lists of operators and epochs are
        // out of reach: BoundsTests goes there, and of the contract alone test_RevertWhen_AddingToAFullList,
        // test_RevertWhen_SyncAddsToAFullList, test_RevertWhen_RotatingAFullHistory, test_RevertWhen_ResettingAFullHistory and
        // test_RevertWhen_HistoryFilledBeforeReset.
        told.SelectMany(static world => world.Met).Union([SimRevert.TooManyMeasurements, SimRevert.TooManyOperators, SimRevert.TooManyEpochs]).ShouldBe(Enum.GetValues<SimRevert>(), ignoreOrder: true);
        told.SelectMany(static world => world.Executed).Distinct().ShouldBe(Enum.GetValues<SimActionKind>().Where(static kind => kind != SimActionKind.None), ignoreOrder: true);
    }

    [Fact]
    public async Task Real_and_simulated_contracts_agree_on_a_seed_that_no_run_had_before()
    {
        ulong seed = Environment.GetEnvironmentVariable("CHAOS_SEED") is { Length: > 0 } given
            ? ulong.Parse(given, CultureInfo.InvariantCulture)
            : (ulong)Random.Shared.NextInt64(1_000, int.MaxValue);
        await RunAsync(seed);
    }

    private async Task<(IEnumerable<SimRevert> Met, IEnumerable<SimActionKind> Executed)> RunAsync(ulong seed)
    {
        // A chain of its own: Anvil slows down as its history grows.
        await using var anvil = await AnvilProcess.StartAsync(
            0, ["--no-mining", "--order", "fifo", "--base-fee", "0", "--auto-impersonate", "--timestamp", "1800000000"], default);
        var random = new SimRandom(seed);
        using var players = new Players(random.Fork("players"));
        using var rpc = new BatchRpc(anvil.Url);
        var watch = Stopwatch.StartNew();
        var story = new Queue<string>();
        var seen = new HashSet<SimRevert>();
        int operations = 0;
        try
        {
            var pair = await BeginAsync(rpc, players, random.Fork("rules"));
            var source = new OperationSource(random.Fork("operations"), players);
            var time = random.Fork("time");
            for (int step = 0; step < BlocksOfASeed; step++)
            {
                await PassTimeAsync(pair, time);
                ulong next = pair.Time + NextBlockIn(pair, time);
                var calls = new List<(SimCall, WalletAddress)>();
                for (int i = time.Chance(0.85) ? 1 : time.Below(3) + 1; i > 0; i--)
                {
                    var drawn = Draw(source, pair, next, seen);
                    calls.Add(drawn);
                    story.Enqueue($"block {pair.Block + 1} at {next}: {drawn.Call} of {drawn.Sender}");
                    operations++;
                }

                while (story.Count > 12)
                {
                    story.Dequeue();
                }

                seen.UnionWith(await pair.MineAsync(calls, next, players));
            }

            await pair.CompareAsync([.. ExpectedView.Constants(), .. pair.Views(players, everything: true)]);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"seed {seed}: {operations} operations, {pair.State.Kms.Epochs.Length} epochs, {pair.State.Kms.Actions.Length} actions, {watch.Elapsed.TotalSeconds:F1} s"));
            return (seen, pair.State.Kms.Actions.Where(static action => action.State == SimActionState.Executed).Select(static action => action.Kind));
        }
        catch (Exception problem)
        {
            throw new InvalidOperationException($"CHAOS_SEED={seed}, after {operations} operations: {problem.Message}\n{string.Join('\n', story)}", problem);
        }
    }

    private static async Task<RegistryPair> BeginAsync(BatchRpc rpc, Players players, SimRandom random)
    {
        var pair = await RegistryPair.DeployAsync(rpc, players.Stranger, players.Platform, new KmsRegistryState
        {
            Owner = players.Owners[0],
            Guardian = players.Guardians[0],

            // Not known at first in every other world.
            KmsApp = random.Chance(0.5) ? 1UL : 0,
            ConfirmationTarget = random.Pick<uint>([1, 2, 2, 3]),
            ProposalBlocks = (ulong)random.Between(10, 40),
            RotationInterval = random.Pick<ulong>([0, 30]),
            Delay = 20,
            DelayFloor = 10,

            // Full in every other world.
            Measurements = [.. players.Measurements.Take(random.Chance(0.5) ? 2 : KmsRegistryState.MaxMeasurements)],
        });
        await pair.PrepareAsync(
            [
                .. players.Measurements.Take(3).Select(static measurement => new SimCall.EnrollVersion(AppId.From(1), measurement)),
                new SimCall.EnrollVersion(AppId.From(2), players.Measurements[0]),
                .. players.Wallets.Take(5).Select(static (wallet, i) => new SimCall.RegisterInstance(
                    AppId.From(1), VersionId.From((ulong)(i % 2) + 1), wallet, "https://node.example", null, ZkVerified: true)),
            ],
            players);
        return pair;
    }

    /// <summary>The first of a few operations whose outcome was not seen yet: rare refusals would be met by luck alone.</summary>
    private static (SimCall Call, WalletAddress Sender) Draw(OperationSource source, RegistryPair pair, ulong time, HashSet<SimRevert> seen)
    {
        const int Candidates = 8;
        var drawn = Enumerable.Range(0, Candidates).Select(_ => source.Next(pair.State, time)).ToArray();
        foreach (var (call, sender) in drawn)
        {
            if (!seen.Contains(ContractMachine.Apply(pair.State, call, sender, pair.Block + 1, time).Revert))
            {
                return (call, sender);
            }
        }

        return drawn[0];
    }

    private static async Task PassTimeAsync(RegistryPair pair, SimRandom random)
    {
        if (random.Chance(0.12))
        {
            await pair.PassAsync((int)random.Between(1, 25));
        }
    }

    /// <summary>Seconds; sometimes until an action is due, or to the second at which it expires.</summary>
    private static ulong NextBlockIn(RegistryPair pair, SimRandom random)
    {
        var waiting = pair.State.Kms.Actions.Where(static action => action.State == SimActionState.Scheduled).ToArray();
        if (waiting.Length == 0 || random.Chance(0.9))
        {
            return (ulong)random.Between(1, 5);
        }

        var action = random.Pick(waiting);
        ulong wanted = random.Chance(0.9) ? action.ExecutableAt - (ulong)random.Below(2) : action.ExpiresAt - (ulong)random.Below(2);
        return wanted > pair.Time ? wanted - pair.Time : 1;
    }
}
