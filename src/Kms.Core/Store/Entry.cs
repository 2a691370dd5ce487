using Kms.Core.Primitives;

namespace Kms.Core.Store;

/// <summary>A stored record with this node's bookkeeping. Touched under the store's lock only.</summary>
internal sealed class Entry
{
    public Entry(StoredRecord record, ulong sequence, UInt128 source)
    {
        Record = record;
        Sequence = sequence;
        Source = source;
        Leaf = RecordDigest.Leaf(record);
        Bucket = RecordDigest.BucketOf(record.Key);
    }

    public StoredRecord Record { get; private set; }

    /// <summary>Position in this node's change log.</summary>
    public ulong Sequence { get; }

    /// <summary>Incarnation of the peer that sent it; zero for this node's own writes.</summary>
    public UInt128 Source { get; }

    public Bytes32 Leaf { get; }

    public int Bucket { get; }

    /// <summary>Some peer confirmed that it holds this write or a newer one.</summary>
    public bool Acknowledged { get; set; }

    /// <summary>The last concurrent loser counted, so that its retransmission is not counted again.</summary>
    public WriteId LastLoser { get; set; }

    /// <summary>Memory charged against the global limit.</summary>
    public long CostBytes => Limits.RecordOverheadBytes + StoreKey.Bytes(Record.Key) + Record.Sealed.Length;

    /// <summary>Key and plaintext bytes charged against the app's quota; a tombstone is free.</summary>
    public long QuotaBytes => Record.Tombstone ? 0 : StoreKey.Bytes(Record.Key) + Record.PlaintextBytes;

    /// <summary>Takes another seal of the same content, which no peer needs to hear of.</summary>
    public void Reseal(StoredRecord record)
    {
        Invariant.Require(IsSameButForSeal(record));
        Record = record;
    }

    /// <summary>Takes the seal of a later epoch for the same content, which no peer needs to hear of either: each re-seals its own.</summary>
    public void MoveTo(StoredRecord record)
    {
        Invariant.Require(record.Epoch > Record.Epoch);
        Invariant.Require(IsSameButForSeal(record with { Epoch = Record.Epoch }));
        Record = record;
    }

    /// <summary>True when the other copy differs in its ciphertext at most: neither the log nor the accounts would change.</summary>
    public bool IsSameButForSeal(StoredRecord record) =>
        Merge.CompareContent(Record, record) == 0
        && Record.Parent == record.Parent
        && Record.ExpiryMs == record.ExpiryMs
        && Record.Sealed.Length == record.Sealed.Length;
}
