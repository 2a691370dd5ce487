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
