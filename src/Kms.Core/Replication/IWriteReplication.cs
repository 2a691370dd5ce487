using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>What requests for stored values need of replication. Implemented by <see cref="Replicator"/>.</summary>
internal interface IWriteReplication
{
    /// <summary>False while isolated or returning: puts and deletes are refused with 503.</summary>
    bool AcceptsWrites { get; }

    /// <summary>False until a snapshot was pulled, or there was nobody to pull from: what is not here may still exist.</summary>
    bool IsCaughtUp { get; }

    /// <summary>Pushes at once and waits until this many members, this node included, hold the write or a newer one.</summary>
    /// <returns>How many hold it, at the latest when the time limit passed: may be fewer than asked for.</returns>
    Task<int> WaitForQuorumAsync(WriteId write, int members, TimeSpan limit, CancellationToken cancel);
}
