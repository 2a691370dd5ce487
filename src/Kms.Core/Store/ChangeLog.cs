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
