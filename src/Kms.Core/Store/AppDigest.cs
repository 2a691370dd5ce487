using Kms.Core.Primitives;

namespace Kms.Core.Store;

/// <summary>
/// The Merkle summary of one app, kept as records come and go: a change dirties one bucket, and reading the root re-hashes the
/// dirty buckets only. Empty buckets take no memory.
/// </summary>
internal sealed class AppDigest
{
    private readonly SortedDictionary<int, Bucket> _buckets = [];
    private Bytes32? _root;

    public Bytes32 Root => _root ??= RecordDigest.App(BucketHashes());

    public void Add(Entry entry)
    {
        if (!_buckets.TryGetValue(entry.Bucket, out var bucket))
        {
            bucket = new Bucket();
            _buckets.Add(entry.Bucket, bucket);
        }

        bucket.Entries.Add(entry.Leaf, entry);
        Dirty(bucket);
    }

    public void Remove(Entry entry)
    {
        var bucket = _buckets[entry.Bucket];
        Invariant.Require(bucket.Entries.Remove(entry.Leaf));
        Dirty(bucket);
        if (bucket.Entries.Count == 0)
        {
            _buckets.Remove(entry.Bucket);
        }
    }

    public Bytes32[] BucketHashes()
    {
        var hashes = new Bytes32[RecordDigest.Buckets];
        foreach (var (index, bucket) in _buckets)
        {
            hashes[index] = bucket.Hash ??= RecordDigest.Bucket(bucket.Entries.Keys);
        }

        return hashes;
    }

    /// <summary>A bucket's entries in leaf order, after a leaf.</summary>
    public IEnumerable<Entry> Leaves(int bucket, Bytes32? after) =>
        _buckets.TryGetValue(bucket, out var found)
            ? found.Entries.Where(pair => after is null || pair.Key > after).Select(pair => pair.Value)
            : [];

    private void Dirty(Bucket bucket)
    {
        bucket.Hash = null;
        _root = null;
    }

    private sealed class Bucket
    {
        public SortedDictionary<Bytes32, Entry> Entries { get; } = [];

        public Bytes32? Hash { get; set; }
    }
}
