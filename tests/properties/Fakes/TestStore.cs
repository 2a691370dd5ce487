using System.Text;
using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Properties.Fakes;

/// <summary>A record store over a manual clock, with short forms for tests.</summary>
internal sealed class TestStore
{
    public const long BaseMs = 1_767_225_600_000;

    public static readonly AppId App = AppId.From(7);
    public static readonly AppId Other = AppId.From(8);
    public static readonly Epoch One = Epoch.From(1);

    public TestStore(ManualClock? clock = null, int node = 1, Func<StoreOptions, StoreOptions>? with = null)
    {
        Clock = clock ?? new ManualClock();
        Sealer = new TestSealer(node, 1);
        var options = new StoreOptions((UInt128)(uint)node << 64, Sealer, () => NowMs);
        Store = new RecordStore(with is null ? options : with(options));
    }

    public ManualClock Clock { get; }

    public TestSealer Sealer { get; }

    public RecordStore Store { get; }

    /// <summary>How far this node's trusted time is off.</summary>
    public long SkewMs { get; set; }

    public long NowMs => BaseMs + (long)Clock.Elapsed.TotalMilliseconds + SkewMs;

    public PutResult Put(string key, string value, long? ttlMs = null, string? ifVersion = null, AppId? app = null) =>
        Store.Put(app ?? App, One, key, Encoding.UTF8.GetBytes(value), ttlMs, ifVersion);

    public PutResult.Stored Stored(string key, string value, long? ttlMs = null, string? ifVersion = null) =>
        Put(key, value, ttlMs, ifVersion).ShouldBeOfType<PutResult.Stored>();

    public DeleteResult.Deleted Delete(string key) => Store.Delete(App, One, key).ShouldBeOfType<DeleteResult.Deleted>();

    public string? Get(string key, AppId? app = null) =>
        Store.Get(app ?? App, key) is GetResult.Found found ? Encoding.UTF8.GetString(found.Value) : null;

    /// <summary>What the store would replicate under a key.</summary>
    public StoredRecord Record(string key) => Store.Find(new RecordName(App, key))!.Value.Record;

    public IReadOnlyList<StoredRecord> All() => Store.ReadPage(null, int.MaxValue, long.MaxValue).Records;
}
