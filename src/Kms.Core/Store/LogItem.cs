namespace Kms.Core.Store;

/// <summary>A record at its place in this node's change log.</summary>
/// <param name="Source">Incarnation of the peer that sent it; zero for this node's own writes.</param>
internal readonly record struct LogItem(ulong Sequence, StoredRecord Record, UInt128 Source)
{
    /// <summary>Fixed part of a record on the wire, an upper bound.</summary>
    public const int FixedBytes = 160;

    public long WireBytes => FixedBytes + StoreKey.Bytes(Record.Key) + Record.Sealed.Length;
}
