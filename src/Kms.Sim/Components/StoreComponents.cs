using System.Globalization;
using System.Text;
using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Sim.Components;

/// <summary>The record store under several writers, readers and peers.</summary>
internal static class StoreComponents
{
    private const int Attempts = 40;
    private const long LifeMs = 1_000;

    private static readonly AppId App = AppId.From(7);

    /// <summary>Every writer reads, adds one and puts back on condition: no addition may get lost.</summary>
    public static async Task CountTogetherAsync(ComponentRun run)
    {
        using var ring = ComponentRing.Active(run, "n0");
        var store = NewStore(run, ring, 1);
        int writers = 2 + run.Random.Below(2);
        int each = 1 + run.Random.Below(2);
        int added = 0;
        await ComponentRun.TogetherAsync([.. Enumerable.Range(0, writers).Select(writer => (Action)(() =>
        {
            for (int i = 0; i < each; i++)
            {
                if (TryAdd(run, store, writer))
                {
                    Interlocked.Increment(ref added);
                }
            }
        }))]);
        int counted = Read(store, "counter").Number;
        run.Note("world", string.Create(CultureInfo.InvariantCulture, $"{added} added, {counted} counted"));
        run.Require(counted == added, "NoAcknowledgedWriteLost", $"{added} additions were acknowledged, the counter says {counted}");
    }

    /// <summary>Two stores take writes, deletes, expiries and each other's records at the same time, then exchange everything.</summary>
    public static async Task MergeBothWaysAsync(ComponentRun run)
    {
        using var ringA = ComponentRing.Active(run, "n0");
        using var ringB = ComponentRing.Active(run, "n1");
        RecordStore[] stores = [NewStore(run, ringA, 1), NewStore(run, ringB, 2)];
        var puts = new List<(string Key, WriteId Id)>();
        await ComponentRun.TogetherAsync(
            () => Write(run, stores[0], "n0", puts),
            () => Write(run, stores[1], "n1", puts),
            () => Carry(stores[0], stores[1]),
            () => Carry(stores[1], stores[0]),
            () =>
            {
                run.Clock.Jump(TimeSpan.FromMilliseconds(LifeMs));
                stores[0].Expire();
                stores[1].Expire();
            });
        run.Clock.Jump(TimeSpan.FromMilliseconds(2 * LifeMs));
        for (int round = 0; round < 3; round++)
        {
            Carry(stores[0], stores[1]);
            Carry(stores[1], stores[0]);
        }

        run.Note("world", stores[0].Digest().ToString());
        run.Require(stores[0].Digest() == stores[1].Digest(), "Convergence", "both hold everything and differ");
        foreach (var (key, id) in puts)
        {
            var held = stores[0].Find(new RecordName(App, key));
            run.Require(held is { } item && item.Record.Id >= id, "NoAcknowledgedWriteLost", $"{key}: {id} was acknowledged, {held?.Record.Id} is held");
        }
    }

    /// <summary>What is read with a version has that version's value, while others overwrite and delete.</summary>
    public static async Task ReadWhatWasWrittenAsync(ComponentRun run)
    {
        using var ring = ComponentRing.Active(run, "n0");
        var store = NewStore(run, ring, 1);
        var written = new Dictionary<string, string>(StringComparer.Ordinal);
        var seen = new List<(string Version, string Value)>();
        await ComponentRun.TogetherAsync(
            () => Overwrite(run, store, "a", written),
            () => Overwrite(run, store, "b", written),
            () => store.Delete(App, ComponentRing.One, "key"),
            () => Look(run, store, seen),
            () => Look(run, store, seen));
        foreach (var (version, value) in seen)
        {
            run.Require(written.GetValueOrDefault(version) == value, "ReadsAreWrites", $"version {version} read as {value}, written as {written.GetValueOrDefault(version)}");
        }

        var figures = store.Stats();
        run.Require(figures.LiveRecords + figures.Tombstones == 1, "BoundedState", $"one key, {figures}");
    }

    private static void Overwrite(ComponentRun run, RecordStore store, string writer, Dictionary<string, string> written)
    {
        for (int i = 0; i < 2; i++)
        {
            var value = string.Create(CultureInfo.InvariantCulture, $"{writer}{i}");
            if (store.Put(App, ComponentRing.One, "key", Encoding.UTF8.GetBytes(value), null, null) is PutResult.Stored stored)
            {
                run.Note(writer, stored.Version);
                written.Add(stored.Version, value);
            }
        }
    }

    private static void Look(ComponentRun run, RecordStore store, List<(string Version, string Value)> seen)
    {
        for (int i = 0; i < 3; i++)
        {
            if (store.Get(App, "key") is GetResult.Found found)
            {
                run.Sometimes("read a value");
                seen.Add((found.Version, Encoding.UTF8.GetString(found.Value)));
            }
        }
    }

    private static RecordStore NewStore(ComponentRun run, IValueSealer sealer, int number) =>
        new(new StoreOptions((UInt128)number, sealer, () => run.Clock.NowMs));

    private static bool TryAdd(ComponentRun run, RecordStore store, int writer)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            var (number, version) = Read(store, "counter");
            var next = Encoding.UTF8.GetBytes((number + 1).ToString(CultureInfo.InvariantCulture));
            if (store.Put(App, ComponentRing.One, "counter", next, null, version) is PutResult.Stored)
            {
                run.Note($"w{writer}", $"counts {number + 1}");
                return true;
            }

            run.Sometimes("conflict");
        }

        return false;
    }

    private static (int Number, string Version) Read(RecordStore store, string key) => store.Get(App, key) is GetResult.Found found
        ? (int.Parse(found.Value, CultureInfo.InvariantCulture), found.Version)
        : (0, RecordVersion.None);

    private static void Write(ComponentRun run, RecordStore store, string lane, List<(string Key, WriteId Id)> puts)
    {
        var random = run.Random.Fork("writer " + lane);
        for (int i = 0; i < 3; i++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"key/{random.Below(2)}");
            if (random.Chance(0.25))
            {
                bool existed = store.Delete(App, ComponentRing.One, key) is DeleteResult.Deleted { Existed: true };
                run.Note(lane, $"deletes {key}: {existed}");
                run.Sometimes(existed ? "deleted" : "nothing to delete");
                continue;
            }

            long? life = random.Chance(0.3) ? LifeMs : null;
            if (store.Put(App, ComponentRing.One, key, random.Bytes(4), life, null) is PutResult.Stored stored)
            {
                run.Note(lane, $"puts {key} {stored.Version}");
                puts.Add((key, stored.Id));
            }
        }
    }

    private static void Carry(RecordStore from, RecordStore to)
    {
        ulong cursor = 0;
        for (int page = 0; page < 4; page++)
        {
            var read = from.ReadLog(cursor, 2, long.MaxValue);
            foreach (var item in read.Items)
            {
                to.Receive(item.Record, from.Incarnation);
                cursor = item.Sequence;
            }
        }
    }
}
