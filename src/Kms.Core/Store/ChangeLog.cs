namespace Kms.Core.Store;

/// <summary>
/// This node's numbering of what it stores. Each name appears once, at its newest sequence, so the log is as large as the store
/// and never larger. Touched under the store's lock only.
/// </summary>
internal sealed class ChangeLog
{
    private readonly Dictionary<ulong, Entry> _entries = [];
    private readonly SortedSet<ulong> _sequences = [];

    /// <summary>The last number given out; zero before the first.</summary>
    public ulong Sequence { get; private set; }

    public int Count => _sequences.Count;

    public ulong Next() => ++Sequence;

    public void Add(Entry entry)
    {
        Invariant.Require(entry.Sequence <= Sequence);
        _entries.Add(entry.Sequence, entry);
        _sequences.Add(entry.Sequence);
    }

    public void Remove(Entry entry)
    {
        Invariant.Require(_entries.Remove(entry.Sequence));
        _sequences.Remove(entry.Sequence);
    }

    /// <summary>Entries after a cursor, oldest first.</summary>
    public IEnumerable<Entry> After(ulong cursor) =>
        cursor >= Sequence ? [] : _sequences.GetViewBetween(cursor + 1, Sequence).Select(sequence => _entries[sequence]);
}

/// <summary>A record at its place in this node's change log.</summary>
/// <param name="Source">Incarnation of the peer that sent it; zero for this node's own writes.</param>
internal readonly record struct LogItem(ulong Sequence, StoredRecord Record, UInt128 Source)
{
    /// <summary>Fixed part of a record on the wire, an upper bound.</summary>
    public const int FixedBytes = 160;

    public long WireBytes => FixedBytes + StoreKey.Bytes(Record.Key) + Record.Sealed.Length;
}

/// <summary>Part of the change log.</summary>
/// <param name="Sequence">The store's sequence when the page was read: with no items, the reader is in step up to here.</param>
internal sealed record LogPage(IReadOnlyList<LogItem> Items, ulong Sequence);

/// <summary>Finds the name of one of this node's last writes: what <c>ack=quorum</c> waits for. A ring, so it never grows.</summary>
internal sealed class RecentWrites
{
    private readonly (WriteId Id, RecordName Name)?[] _ring = new (WriteId, RecordName)?[Limits.MaxRecentWrites];

    public void Add(WriteId id, RecordName name) => _ring[Slot(id)] = (id, name);

    public RecordName? Find(WriteId id) => _ring[Slot(id)] is { } found && found.Id == id ? found.Name : null;

    private static int Slot(WriteId id) => (int)(id.Counter % Limits.MaxRecentWrites);
}
