using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>One write whose writer waits for other members. Touched under the replicator's lock only.</summary>
internal sealed class QuorumWait
{
    private readonly HashSet<WalletAddress> _holders = [];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _members;

    public QuorumWait(RecordName name, WriteId id, int members)
    {
        Name = name;
        Id = id;
        _members = members;
    }

    public RecordName Name { get; }

    public WriteId Id { get; }

    /// <summary>Members that hold the write or a newer one; this node is the first.</summary>
    public int Count => 1 + _holders.Count;

    public Task Done => _done.Task;

    public bool IsHeldBy(WalletAddress wallet) => _holders.Contains(wallet);

    public void HeldBy(WalletAddress wallet)
    {
        _holders.Add(wallet);
        if (Count >= _members)
        {
            _done.TrySetResult();
        }
    }
}
