namespace Kms.Core.Store;

/// <summary>Finds the name of one of this node's last writes: what <c>ack=quorum</c> waits for. A ring, so it never grows.</summary>
internal sealed class RecentWrites
{
    private readonly (WriteId Id, RecordName Name)?[] _ring = new (WriteId, RecordName)?[Limits.MaxRecentWrites];

    public void Add(WriteId id, RecordName name) => _ring[Slot(id)] = (id, name);

    public RecordName? Find(WriteId id) => _ring[Slot(id)] is { } found && found.Id == id ? found.Name : null;

    private static int Slot(WriteId id) => (int)(id.Counter % Limits.MaxRecentWrites);
}
