namespace Kms.Core.Store;

/// <summary>What a digest says of one record.</summary>
internal readonly record struct LeafSummary(string Key, WriteId Id, bool Tombstone)
{
    /// <summary>True when this write beats the other under the merge rule, epochs aside.</summary>
    public bool Beats(LeafSummary other) => Id > other.Id || (Id == other.Id && Tombstone && !other.Tombstone);
}
