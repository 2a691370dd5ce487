using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>The asking side of the protocol towards one peer at a time: greet, push, pull. The caller holds the link.</summary>
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
    public async Task<bool> GreetAsync(PeerLink link)
    {
        var summary = _context.Store.Summary();
        SyncMessage.Hello hello;
        lock (_context.Gate)
        {
            var claim = link.Pulled is { } pulled && pulled.Incarnation == link.Cursor.Incarnation ? link.Pulled : null;
            hello = new SyncMessage.Hello(_context.Store.Incarnation, _context.Lifecycle.State, _context.Lineage, summary.Root, claim);
        }

        if (await AskAsync(link, hello) is not SyncMessage.HelloAnswer answer)
        {
            return false;
        }

        lock (_context.Gate)
        {
            _context.Answered(link);
            link.Cursor.Meet(answer.Incarnation);
            link.State = answer.State;
            link.Lineage = answer.Lineage;
            link.Root = answer.Root;
            link.NeedsGreeting = false;
            if (answer.Last is { } last && link.Cursor.Apply(last) is { } held)
            {
                _context.NoteHeld(link, held);
            }

            Compare(link, summary);
        }

        return true;
    }

    /// <summary>Sends what the peer lacks until it is in step, does not answer, or asks for a pause.</summary>
    public async Task PushAsync(PeerLink link)
    {
        Queue<RecordName> again;
        lock (_context.Gate)
        {
            again = new Queue<RecordName>(link.Cursor.SetAside);
        }

        for (int i = 0; i < Limits.MaxBatchesPerPush; i++)
        {
            SyncMessage.Delta? delta;
            ulong before;
            lock (_context.Gate)
            {
                delta = NextDelta(link, again);
                before = link.Cursor.Acknowledged;
            }

            if (delta is null || await AskAsync(link, delta) is not { } answer)
            {
                return;
            }

            lock (_context.Gate)
            {
                if (answer is not SyncMessage.DeltaAck ack || link.Cursor.Apply(ack) is not { } held)
                {
                    ReplicaContext.Failed(link, Describe(answer));
                    return;
                }

                _context.Answered(link);
                _context.NoteHeld(link, held);
                if (link.Cursor.Acknowledged == before && again.Count == 0)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Sends this node's own writes that nobody has confirmed, whatever the cursor says. False when some did not arrive.</summary>
    public async Task<bool> PushOwnAsync(PeerLink link)
    {
        var names = new Queue<RecordName>(_context.Store.UnacknowledgedOwn());
        while (names.Count > 0)
        {
            SyncMessage.Delta? delta;
            lock (_context.Gate)
            {
                delta = ToDelta(link, link.Cursor.NextOf(names, out var records), records);
            }

            if (delta is null)
            {
                return true;
            }

            if (await AskAsync(link, delta) is not { } answer)
            {
                return false;
            }

            lock (_context.Gate)
            {
                if (answer is not SyncMessage.DeltaAck ack || link.Cursor.Apply(ack) is null)
                {
                    ReplicaContext.Failed(link, Describe(answer));
                    return false;
                }

                _context.Answered(link);
            }
        }

        return true;
    }

    /// <summary>Merges everything the peer holds, page by page. False when it stopped answering or broke the protocol.</summary>
    /// <param name="present">Collects the names in the snapshot; null when nobody needs them.</param>
    public async Task<bool> PullAsync(PeerLink link, HashSet<RecordName>? present)
    {
        UInt128 target;
        lock (_context.Gate)
        {
            target = link.Cursor.Incarnation;
        }

        RecordName? after = null;
        ulong? from = null;
        bool clean = true;
        for (int i = 0; i < Limits.MaxSnapshotPages; i++)
        {
            if (await AskAsync(link, new SyncMessage.SnapshotRequest(target, after)) is not { } answer)
            {
                return false;
            }

            if (answer is not SyncMessage.SnapshotPage page || page.Incarnation != target || !GoesOn(page, after))
            {
                Fail(link, answer);
                return false;
            }

            from ??= page.Sequence;
            clean &= Take(link, page);
            present?.UnionWith(page.Records.Select(record => record.Name));
            after = page.Next;
            if (after is null)
            {
                lock (_context.Gate)
                {
                    link.Pulled = clean ? new HeldClaim(target, from.Value) : null;
                }

                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Asks one thing; a failure is noted on the link. Null when there was no answer or a refusal, and when the newest view has no
    /// such member: then nothing is sent.
    /// </summary>
    public async Task<SyncMessage?> AskAsync(PeerLink link, SyncMessage message)
    {
        VerifiedPeer? peer;
        IReadOnlyList<Epoch> epochs;
        lock (_context.Gate)
        {
            if (_context.Members is not { } members || !members.TryGet(link.Wallet, out peer) || link.Lifetime.IsCancellationRequested)
            {
                return null;
            }

            epochs = [.. members.Epochs.OrderByDescending(epoch => epoch == link.SharedEpoch)];
        }

        var (answer, failure, epoch) = await _exchange.AskAsync(peer, epochs, message, link.Lifetime);
        lock (_context.Gate)
        {
            if (answer is not null)
            {
                link.SharedEpoch = epoch;
            }

            if (answer is not null and not SyncMessage.Refused)
            {
                return answer;
            }

            ReplicaContext.Failed(link, failure ?? Describe(answer!));
        }

        return null;
    }

    /// <summary>Merges a page. True when nothing in it has to be sent again.</summary>
    public bool Take(PeerLink link, SyncMessage.SnapshotPage page)
    {
        var verdicts = page.Records.Select(record => _context.Store.Receive(record, page.Incarnation)).ToArray();
        lock (_context.Gate)
        {
            _context.Answered(link);
        }

        return verdicts.All(verdict => verdict is ReceiveVerdict.Stored or ReceiveVerdict.Superseded);
    }

    public void Fail(PeerLink link, SyncMessage answer)
    {
        lock (_context.Gate)
        {
            ReplicaContext.Failed(link, Describe(answer));
        }
    }

    private void Compare(PeerLink link, StoreSummary summary)
    {
        if (link.Root == summary.Root)
        {
            _context.SameDigest(link, summary.Sequence);
            return;
        }

        bool nothingToSend = link.Cursor.Acknowledged >= summary.Sequence && link.Cursor.SetAside.Count == 0;
        link.Mismatches = nothingToSend ? link.Mismatches + 1 : 0;
    }

    private SyncMessage.Delta? NextDelta(PeerLink link, Queue<RecordName> again)
    {
        bool mayPush = _context.Lifecycle.State == ReplicaState.Following && !link.NeedsGreeting;
        return mayPush ? ToDelta(link, link.Cursor.Next(again, out var records), records) : null;
    }

    private SyncMessage.Delta? ToDelta(PeerLink link, OutgoingBatch? batch, IReadOnlyList<StoredRecord> records) =>
        batch is null ? null : new SyncMessage.Delta(_context.Store.Incarnation, link.Cursor.Incarnation, batch.Number, records);

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
