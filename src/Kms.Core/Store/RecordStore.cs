using Kms.Core.Primitives;

namespace Kms.Core.Store;

/// <summary>
/// The encrypted KV store of one node: every app's records in memory, sealed, with the change log that replication reads.
/// Thread-safe. Plaintext enters through <see cref="Put"/> and leaves through <see cref="Get"/> alone.
/// </summary>
internal sealed class RecordStore
{
    public RecordStore(StoreOptions options) => Options = options;

    public StoreOptions Options { get; }

    public UInt128 Incarnation => Options.Incarnation;

    /// <summary>True when admission stops (507): the global limit is reached.</summary>
    public bool IsFull => throw new NotImplementedException();

    /// <summary>True when replication alone filled the store far beyond its limit: the node must become unready.</summary>
    public bool IsOverfull => throw new NotImplementedException();

    /// <summary>Digest of the whole store over app, key, write id and tombstone; constant cost while nothing changes.</summary>
    public Bytes32 Digest() => throw new NotImplementedException();

    public PutResult Put(AppId app, Epoch epoch, string key, ReadOnlySpan<byte> value, long? ttlMs, string? ifVersion) => throw new NotImplementedException();

    public GetResult Get(AppId app, string key) => throw new NotImplementedException();

    public ListResult List(AppId app, int limit) => throw new NotImplementedException();

    public DeleteResult Delete(AppId app, Epoch epoch, string key) => throw new NotImplementedException();

    public StoreFigures Figures() => throw new NotImplementedException();
}
