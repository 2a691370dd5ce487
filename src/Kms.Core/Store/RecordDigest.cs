using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Kms.Core.Primitives;

namespace Kms.Core.Store;

/// <summary>
/// The hashes of the Merkle summary (docs/spec/peer-protocol.md, "Digests"): leaf, bucket, app, store. Each level has a domain
/// of its own. Ciphertext and epoch are left out: re-sealing changes nothing that needs repair.
/// </summary>
internal static class RecordDigest
{
    public const int Buckets = 256;

    public static Bytes32 Leaf(StoredRecord record) => Leaf(new LeafSummary(record.Key, record.Id, record.Tombstone));

    public static Bytes32 Leaf(LeafSummary record)
    {
        using var hash = Start("NovaKMS:Digest:Leaf:1"u8);
        Span<byte> id = stackalloc byte[RecordVersion.Bytes];
        RecordVersion.Write(record.Id, id);
        hash.AppendData(id);
        hash.AppendData([record.Tombstone ? (byte)1 : (byte)0]);
        hash.AppendData(Encoding.UTF8.GetBytes(record.Key));
        return Finish(hash);
    }

    /// <summary>The first byte of the key's hash: a key keeps its bucket for ever, and no app can crowd one by accident.</summary>
    public static int BucketOf(string key)
    {
        Span<byte> digest = stackalloc byte[Bytes32.Size];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), digest);
        return digest[0];
    }

    /// <param name="leaves">In ascending order.</param>
    public static Bytes32 Bucket(IEnumerable<Bytes32> leaves)
    {
        using var hash = Start("NovaKMS:Digest:Bucket:1"u8);
        Append(hash, leaves);
        return Finish(hash);
    }

    /// <param name="buckets">All <see cref="Buckets"/> of them; zero for an empty one.</param>
    public static Bytes32 App(IReadOnlyList<Bytes32> buckets)
    {
        Invariant.Require(buckets.Count == Buckets);
        using var hash = Start("NovaKMS:Digest:App:1"u8);
        Append(hash, buckets);
        return Finish(hash);
    }

    /// <param name="apps">Apps that hold records, in ascending order.</param>
    public static Bytes32 Store(IEnumerable<AppSummary> apps)
    {
        using var hash = Start("NovaKMS:Digest:Store:1"u8);
        Span<byte> item = stackalloc byte[8 + Bytes32.Size];
        foreach (var app in apps)
        {
            BinaryPrimitives.WriteUInt64BigEndian(item, app.App.Value);
            app.Root.CopyTo(item[8..]);
            hash.AppendData(item);
        }

        return Finish(hash);
    }

    private static void Append(IncrementalHash hash, IEnumerable<Bytes32> items)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        foreach (var item in items)
        {
            item.CopyTo(bytes);
            hash.AppendData(bytes);
        }
    }

    private static IncrementalHash Start(ReadOnlySpan<byte> domain)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(domain);
        return hash;
    }

    private static Bytes32 Finish(IncrementalHash hash)
    {
        Span<byte> digest = stackalloc byte[Bytes32.Size];
        hash.GetHashAndReset(digest);
        return Bytes32.From(digest);
    }
}

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

/// <summary>The store's root and the sequence it was taken at, read together.</summary>
internal readonly record struct StoreSummary(Bytes32 Root, ulong Sequence);

/// <summary>An app and the root over its records.</summary>
internal readonly record struct AppSummary(AppId App, Bytes32 Root);

/// <summary>What a digest says of one record.</summary>
internal readonly record struct LeafSummary(string Key, WriteId Id, bool Tombstone)
{
    /// <summary>True when this write beats the other under the merge rule, epochs aside.</summary>
    public bool Beats(LeafSummary other) => Id > other.Id || (Id == other.Id && Tombstone && !other.Tombstone);
}
