using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>What writes need of replication. Implemented by <see cref="Replicator"/>.</summary>
internal interface IWriteReplication
{
    /// <summary>Pushes at once and waits until this many members, this node included, hold the write or a newer one.</summary>
    /// <returns>How many hold it, at the latest when the time limit passed: may be fewer than asked for.</returns>
    Task<int> WaitForQuorumAsync(WriteId write, int members, TimeSpan limit, CancellationToken cancel);
}
