using System.Globalization;
using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Sim.Components;

/// <summary>Cursors, acknowledgements and repair between real replicators.</summary>
internal static class ReplicationComponents
{
    private const int MaxRounds = 8;

    private static readonly AppId App = AppId.From(7);

    /// <summary>Writes, pushes, rounds and lost messages at once; in the end all agree and nothing acknowledged is missing.</summary>
    public static async Task PushAndWriteAsync(ComponentRun run)
    {
        var network = new ComponentNetwork(run);
        using var ringA = ComponentRing.Active(run, "n0");
        using var ringB = ComponentRing.Active(run, "n1");
        ComponentNetwork.Replica[] replicas = [network.Join(1, NewStore(run, ringA, 1)), network.Join(2, NewStore(run, ringB, 2))];
        await RoundAsync(replicas);
        await RoundAsync(replicas);
        network.Loss = run.Random.Pick([0.0, 0.1, 0.4]);
        var puts = new List<(string Key, WriteId Id)>();
        await ComponentRun.TogetherAsync(
            () => WriteAsync(run, replicas[0], puts),
            () => WriteAsync(run, replicas[1], puts),
            () => replicas[0].RoundAsync(replicas[1]),
            () => replicas[1].RoundAsync(replicas[0]));
        network.Loss = 0;
        for (int round = 0; round < MaxRounds && !Agree(replicas); round++)
        {
            run.Sometimes("not in step at once");
            await RoundAsync(replicas);
        }

        run.Note("world", replicas[0].Store.Digest().ToString());
        run.Require(Agree(replicas), "Convergence", $"not in step after {MaxRounds} rounds without losses");
        foreach (var (key, id) in puts)
        {
            foreach (var replica in replicas)
            {
                var held = replica.Store.Find(new RecordName(App, key));
                run.Require(held is { } item && item.Record.Id >= id, "NoAcknowledgedWriteLost", $"{key}: {id} was acknowledged, {replica.Store.Incarnation} holds {held?.Record.Id}");
            }
        }
    }

    /// <summary>When a quorum write says that two hold it, two hold it at that moment.</summary>
    public static async Task QuorumAsync(ComponentRun run)
    {
        var network = new ComponentNetwork(run);
        using var ringA = ComponentRing.Active(run, "n0");
        using var ringB = ComponentRing.Active(run, "n1");
        ComponentNetwork.Replica[] replicas = [network.Join(1, NewStore(run, ringA, 1)), network.Join(2, NewStore(run, ringB, 2))];
        await RoundAsync(replicas);
        await RoundAsync(replicas);
        network.Loss = run.Random.Pick([0.0, 0.2]);
        Func<Task> write = async () =>
        {
            for (int i = 0; i < 2; i++)
            {
                if (replicas[0].Store.Put(App, ComponentRing.One, "key", [(byte)i], null, null) is not PutResult.Stored stored)
                {
                    continue;
                }

                int held = await replicas[0].Replicator.WaitForQuorumAsync(stored.Id, 2, TimeSpan.FromSeconds(5), default);
                var there = replicas[1].Store.Find(new RecordName(App, "key"));
                run.Note("writer", string.Create(CultureInfo.InvariantCulture, $"held by {held}"));
                run.Sometimes(held == 2 ? "held by two" : "held by one");
                run.Require(held < 2 || (there is { } item && item.Record.Id >= stored.Id), "NoAcknowledgedWriteLost", $"two were said to hold {stored.Id}, the peer holds {there?.Record.Id}");
            }
        };
        await ComponentRun.TogetherAsync(
            write,
            write,
            () => replicas[0].PushAsync(),
            () => replicas[1].RoundAsync(replicas[0]));
    }

    private static RecordStore NewStore(ComponentRun run, IValueSealer sealer, int number) =>
        new(new StoreOptions((UInt128)number, sealer, () => run.Clock.NowMs));

    private static bool Agree(ComponentNetwork.Replica[] replicas) => replicas[0].Store.Digest() == replicas[1].Store.Digest();

    private static async Task RoundAsync(ComponentNetwork.Replica[] replicas)
    {
        await replicas[0].RoundAsync(replicas[1]);
        await replicas[1].RoundAsync(replicas[0]);
    }

    private static async Task WriteAsync(ComponentRun run, ComponentNetwork.Replica replica, List<(string Key, WriteId Id)> puts)
    {
        var random = run.Random.Fork($"writer {replica.Store.Incarnation}");
        for (int i = 0; i < 2; i++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"key/{random.Below(2)}");
            if (random.Chance(0.2))
            {
                replica.Store.Delete(App, ComponentRing.One, key);
            }
            else if (replica.Store.Put(App, ComponentRing.One, key, random.Bytes(3), null, null) is PutResult.Stored stored)
            {
                run.Note($"n{replica.Store.Incarnation}", stored.Version);
                puts.Add((key, stored.Id));
            }

            await replica.PushAsync();
        }
    }
}
