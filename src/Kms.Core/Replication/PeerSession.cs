using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>The asking side of the protocol towards one peer at a time: greet, push, pull. The caller alone talks to the peer.</summary>
internal sealed class PeerSession
{
    private readonly ReplicaContext _context;
    private readonly Exchange _exchange;

    public PeerSession(ReplicaContext context, Exchange exchange)
    {
        _context = context;
        _exchange = exchange;
    }

    /// <summary>Learns the peer's incarnation, state and digest. False when it did not answer.</summary>
    public async Task<bool> GreetAsync(PeerProgress progress)
    {
        var summary = _context.Store.Summary();
        SyncMessage.Hello hello;
        lock (_context.Gate)
        {
            var claim = progress.Pulled is { } pulled && pulled.Incarnation == progress.Log.Incarnation ? progress.Pulled : null;
            hello = new SyncMessage.Hello(_context.Store.Incarnation, _context.Lifecycle.State, _context.Lineage, summary.Root, claim);
        }

        if (await AskAsync(progress, hello) is not SyncMessage.HelloAnswer answer)
        {
            return false;
        }

        lock (_context.Gate)
        {
            _context.Answered(progress);
            progress.Log.Meet(answer.Incarnation);
            progress.State = answer.State;
            progress.Lineage = answer.Lineage;
            progress.Root = answer.Root;
            progress.NeedsGreeting = false;
            if (answer.Last is { } last && progress.Log.Apply(last) is { } held)
            {
                _context.NoteHeld(progress, held);
            }

            Compare(progress, summary);
        }

        return true;
    }

    /// <summary>Sends what the peer lacks until it is in step, does not answer, or asks for a pause.</summary>
    public async Task PushAsync(PeerProgress progress)
    {
        Queue<RecordName> again;
        lock (_context.Gate)
        {
            again = new Queue<RecordName>(progress.Log.RetryQueue);
        }

        for (int i = 0; i < Limits.MaxBatchesPerPush; i++)
        {
            SyncMessage.Delta? delta;
            ulong before;
            lock (_context.Gate)
            {
                delta = NextDelta(progress, again);
                before = progress.Log.Acknowledged;
            }

            if (delta is null || await AskAsync(progress, delta) is not { } answer)
            {
                return;
            }

            lock (_context.Gate)
            {
                if (answer is not SyncMessage.DeltaAck ack || progress.Log.Apply(ack) is not { } held)
                {
                    ReplicaContext.Failed(progress, Describe(answer));
                    return;
                }

                _context.Answered(progress);
                _context.NoteHeld(progress, held);
                if (progress.Log.Acknowledged == before && again.Count == 0)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Sends this node's own writes that nobody has confirmed, whatever the cursor says. False when some did not arrive.</summary>
    public async Task<bool> PushOwnAsync(PeerProgress progress)
    {
        var names = new Queue<RecordName>(_context.Store.UnacknowledgedOwn());
        while (names.Count > 0)
        {
            SyncMessage.Delta? delta;
            lock (_context.Gate)
            {
                delta = ToDelta(progress, progress.Log.NextOf(names, out var records), records);
            }

            if (delta is null)
            {
                return true;
            }

            if (await AskAsync(progress, delta) is not { } answer)
            {
                return false;
            }

            lock (_context.Gate)
            {
                if (answer is not SyncMessage.DeltaAck ack || progress.Log.Apply(ack) is null)
                {
                    ReplicaContext.Failed(progress, Describe(answer));
                    return false;
                }

                _context.Answered(progress);
            }
        }

        return true;
    }

    /// <summary>Merges everything the peer holds, page by page. False when it stopped answering or broke the protocol.</summary>
    /// <param name="present">Collects the names in the snapshot; null when nobody needs them.</param>
    public async Task<bool> PullAsync(PeerProgress progress, HashSet<RecordName>? present)
    {
        UInt128 target;
        lock (_context.Gate)
        {
            target = progress.Log.Incarnation;
        }

        RecordName? after = null;
        ulong? from = null;
        bool clean = true;
        for (int i = 0; i < Limits.MaxSnapshotPages; i++)
        {
            if (await AskAsync(progress, new SyncMessage.SnapshotRequest(target, after)) is not { } answer)
            {
                return false;
            }

            if (answer is not SyncMessage.SnapshotPage page || page.Incarnation != target || !GoesOn(page, after))
            {
                Fail(progress, answer);
                return false;
            }

            from ??= page.Sequence;
            clean &= Take(progress, page);
            present?.UnionWith(page.Records.Select(record => record.Name));
            after = page.Next;
            if (after is null)
            {
                lock (_context.Gate)
                {
                    progress.Pulled = clean ? new HeldClaim(target, from.Value) : null;
                }

                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Asks one thing; a failure is noted of the peer. Null when there was no answer or a refusal, and when the newest view has no
    /// such member: then nothing is sent.
    /// </summary>
    public async Task<SyncMessage?> AskAsync(PeerProgress progress, SyncMessage message)
    {
        VerifiedPeer? peer;
        IReadOnlyList<Epoch> epochs;
        lock (_context.Gate)
        {
            if (_context.Members is not { } members || !members.TryGet(progress.Wallet, out peer) || progress.Lifetime.IsCancellationRequested)
            {
                return null;
            }

            epochs = [.. members.Epochs.OrderByDescending(epoch => epoch == progress.SharedEpoch)];
        }

        var (answer, failure, epoch) = await _exchange.AskAsync(peer, epochs, message, progress.Lifetime);
        lock (_context.Gate)
        {
            if (answer is not null)
            {
                progress.SharedEpoch = epoch;
            }

            if (answer is not null and not SyncMessage.Refused)
            {
                return answer;
            }

            ReplicaContext.Failed(progress, failure ?? Describe(answer!));
        }

        return null;
    }

    /// <summary>Merges a page. True when nothing in it has to be sent again.</summary>
    public bool Take(PeerProgress progress, SyncMessage.SnapshotPage page)
    {
        var verdicts = page.Records.Select(record => _context.Store.Receive(record, page.Incarnation)).ToArray();
        lock (_context.Gate)
        {
            _context.Answered(progress);
        }

        return verdicts.All(verdict => verdict is ReceiveVerdict.Stored or ReceiveVerdict.Superseded);
    }

    public void Fail(PeerProgress progress, SyncMessage answer)
    {
        lock (_context.Gate)
        {
            ReplicaContext.Failed(progress, Describe(answer));
        }
    }

    private void Compare(PeerProgress progress, StoreSummary summary)
    {
        if (progress.Root == summary.Root)
        {
            _context.SameDigest(progress, summary.Sequence);
            return;
        }

        bool nothingToSend = progress.Log.Acknowledged >= summary.Sequence && progress.Log.RetryQueue.Count == 0;
        progress.Mismatches = nothingToSend ? progress.Mismatches + 1 : 0;
    }

    private SyncMessage.Delta? NextDelta(PeerProgress progress, Queue<RecordName> again)
    {
        bool mayPush = _context.Lifecycle.State == ReplicaState.Following && !progress.NeedsGreeting;
        return mayPush ? ToDelta(progress, progress.Log.Next(again, out var records), records) : null;
    }

    private SyncMessage.Delta? ToDelta(PeerProgress progress, OutgoingBatch? batch, IReadOnlyList<StoredRecord> records) =>
        batch is null ? null : new SyncMessage.Delta(_context.Store.Incarnation, progress.Log.Incarnation, batch.Number, records);

    // Each page must bring something and end further on, or a peer could keep this node asking for ever.
    private static bool GoesOn(SyncMessage.SnapshotPage page, RecordName? after)
    {
        var names = page.Records.Select(record => record.Name).ToList();
        bool ascending = names.Zip(names.Skip(1)).All(pair => pair.First < pair.Second);
        bool begins = after is null || names.Count == 0 || names[0] > after.Value;
        return ascending && begins && (page.Next is null || (names.Count > 0 && page.Next.Value == names[^1]));
    }

    private static string Describe(SyncMessage answer) => answer is SyncMessage.Refused refused ? $"refused: {refused.Reason}" : $"unexpected answer: {answer.GetType().Name}";
}
