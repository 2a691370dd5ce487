namespace Kms.Core.Store;

/// <summary>
/// Which of two records under one name stays: the greatest write id; for one id the tombstone that expiry made of it, then the
/// higher epoch (a re-seal). A total order, so merging is commutative, associative and idempotent.
/// </summary>
internal static class Merge
{
    public static StoredRecord Winner(StoredRecord one, StoredRecord other)
    {
        Invariant.Require(one.Name == other.Name);
        return Compare(one, other) >= 0 ? one : other;
    }

    /// <summary>
    /// True when the loser was unknown to the writer of the winner. What a node holds under a key only ever grows, so a writer
    /// that replaced something older than the loser had not seen it; one that replaced the loser or something newer had, or
    /// its conflict was counted where the loser met that newer write.
    /// </summary>
    public static bool IsConcurrent(StoredRecord winner, StoredRecord loser)
    {
        Invariant.Require(winner.Name == loser.Name);
        Invariant.Require(winner.Id >= loser.Id);
        return winner.Id != loser.Id && (winner.Parent is null || winner.Parent < loser.Id);
    }

    public static int Compare(StoredRecord one, StoredRecord other)
    {
        int order = CompareContent(one, other);

        // Two nodes that expire one record seal two tombstones; any fixed rule will do, as long as all nodes share it.
        order = order != 0 ? order : one.Sealed.Span.SequenceCompareTo(other.Sealed.Span);
        order = order != 0 ? order : Nullable.Compare(one.ExpiryMs, other.ExpiryMs);
        return order != 0 ? order : Nullable.Compare(one.Parent, other.Parent);
    }

    /// <summary>The order without the ciphertext: zero means that a peer has nothing to gain from the other copy.</summary>
    public static int CompareContent(StoredRecord one, StoredRecord other)
    {
        int order = one.Id.CompareTo(other.Id);
        order = order != 0 ? order : one.Tombstone.CompareTo(other.Tombstone);
        return order != 0 ? order : one.Epoch.CompareTo(other.Epoch);
    }
}
