using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>Carries one write to as many members as its writer asked for (<c>ack=quorum</c>), within a time limit.</summary>
internal sealed class QuorumPursuit
{
    private readonly ReplicaContext _context;
    private readonly PeerSession _session;

    public QuorumPursuit(ReplicaContext context, PeerSession session)
    {
        _context = context;
        _session = session;
    }

    public async Task<int> WaitAsync(PeerProgress[] peers, WriteId write, int members, TimeSpan limit, CancellationToken cancel)
    {
        if (_context.Store.NameOf(write) is not { } name || members <= 1)
        {
            return 1;
        }

        var wait = new QuorumWait(name, write, members);
        lock (_context.Gate)
        {
            _context.Add(wait);
            Array.ForEach(peers, progress => _context.NoteHeld(progress, []));
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            Task timeout = _context.Clock.DelayAsync(limit, limited.Token);
            Task pursuit = Task.WhenAll(peers.Select(progress => PursueAsync(progress, wait, limited.Token)).ToArray());
            Task[] ends = [Relay.AwaitAsync(wait.Done), timeout, pursuit];
            await Task.WhenAny(ends);
            if (pursuit.IsFaulted)
            {
                await pursuit;
            }

            cancel.ThrowIfCancellationRequested();
        }
        finally
        {
            limited.Cancel();
            lock (_context.Gate)
            {
                _context.Remove(wait);
            }
        }

        lock (_context.Gate)
        {
            return wait.Count;
        }
    }

    /// <summary>Pushes to one peer until it holds the write or the wait is over.</summary>
    private async Task PursueAsync(PeerProgress progress, QuorumWait wait, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested && IsWanted(progress, wait))
        {
            await _context.ExclusiveAsync(progress, async () =>
            {
                if (!progress.NeedsGreeting || await _session.GreetAsync(progress))
                {
                    await _session.PushAsync(progress);
                }
            });
            try
            {
                await (IsWanted(progress, wait) ? _context.Clock.DelayAsync(TimeSpan.FromMilliseconds(Limits.QuorumRetryMs), cancel) : Task.CompletedTask);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private bool IsWanted(PeerProgress progress, QuorumWait wait)
    {
        lock (_context.Gate)
        {
            return !wait.IsHeldBy(progress.Wallet) && _context.Lifecycle.State == ReplicaState.Following;
        }
    }
}

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

/// <summary>What writes need of replication. Implemented by <see cref="Replicator"/>.</summary>
internal interface IWriteReplication
{
    /// <summary>Pushes at once and waits until this many members, this node included, hold the write or a newer one.</summary>
    /// <returns>How many hold it, at the latest when the time limit passed: may be fewer than asked for.</returns>
    Task<int> WaitForQuorumAsync(WriteId write, int members, TimeSpan limit, CancellationToken cancel);
}
