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

    public async Task<int> WaitAsync(PeerLink[] links, WriteId write, int members, TimeSpan limit, CancellationToken cancel)
    {
        if (_context.Store.NameOf(write) is not { } name || members <= 1)
        {
            return 1;
        }

        var wait = new QuorumWait(name, write, members);
        lock (_context.Gate)
        {
            _context.Add(wait);
            Array.ForEach(links, link => _context.NoteHeld(link, []));
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            Task timeout = _context.Clock.DelayAsync(limit, limited.Token);
            Task pursuit = Task.WhenAll(links.Select(link => PursueAsync(link, wait, limited.Token)).ToArray());
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
    private async Task PursueAsync(PeerLink link, QuorumWait wait, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested && IsWanted(link, wait))
        {
            await _context.ExclusiveAsync(link, async () =>
            {
                if (!link.NeedsGreeting || await _session.GreetAsync(link))
                {
                    await _session.PushAsync(link);
                }
            });
            try
            {
                await (IsWanted(link, wait) ? _context.Clock.DelayAsync(TimeSpan.FromMilliseconds(Limits.QuorumRetryMs), cancel) : Task.CompletedTask);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private bool IsWanted(PeerLink link, QuorumWait wait)
    {
        lock (_context.Gate)
        {
            return !wait.IsHeldBy(link.Wallet) && _context.Lifecycle.State == ReplicaState.Following;
        }
    }
}
