using Kms.Core.Audit;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Node.Odyn;
using Kms.Core.Node.Peers;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Secrets;
using Kms.Core.Supervision;

namespace Kms.Core.Node.Handover;

/// <summary>
/// Fetches a secret from peers until one hands over what the chain names (design §6.3): the first at once, another whenever one
/// fails and every <see cref="Limits.FetchHedgeMs"/>, within one time budget. Members that say nothing cost a place, not the time
/// of those behind them.
/// </summary>
internal sealed class HandoverClient(
    ChainIdentity chain,
    OdynIdentity identity,
    BoundedOdyn odyn,
    NodeRandom random,
    SecretRing secrets,
    PeerClient peers,
    HandoverPolicy policy,
    IClock clock,
    InternalErrors errors,
    AuditLog audit)
{
    private readonly object _gate = new();
    private readonly Dictionary<WalletAddress, long> _failed = [];
    private long _failures;

    /// <summary>
    /// Asks each peer once, and those that answered but did not hand it over again, for as long as others keep it waiting: whoever sees
    /// a block first asks the holders too early. True when the secret is in the ring.
    /// </summary>
    /// <param name="from">In the order of hope; those that failed last are asked after the others of the same hope.</param>
    /// <param name="hope">Smaller is better.</param>
    public async Task<bool> FetchAsync(
        Epoch epoch, Bytes32 hash, IReadOnlyList<VerifiedPeer> from, Func<VerifiedPeer, int> hope, CancellationToken cancel)
    {
        using var race = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var waiting = InOrder(from, hope);
        var again = new Queue<(TimeSpan Due, VerifiedPeer Peer)>();
        var running = new Dictionary<Task<HandoverRefusal?>, VerifiedPeer>();
        var silent = new SortedDictionary<HandoverRefusal, int>();
        Task end = clock.DelayAsync(TimeSpan.FromMilliseconds(Limits.FetchBudgetMs), race.Token);
        bool received = false;

        // A stop reaches the waits below before it reaches the budget: looking at the budget alone, the loop would go round without
        // end inside the call that stops it (finding R33).
        while (!received && !race.IsCancellationRequested && !end.IsCompleted && (waiting.Count > 0 || running.Count > 0))
        {
            bool isDue = again.TryPeek(out var asked) && asked.Due <= clock.Elapsed;
            if ((isDue || waiting.Count > 0) && running.Count < Limits.MaxFetchesAtOnce)
            {
                var peer = isDue ? again.Dequeue().Peer : waiting.Dequeue();
                running.Add(AskAsync(epoch, hash, peer, race.Token), peer);
            }

            using var step = CancellationTokenSource.CreateLinkedTokenSource(race.Token);
            bool hasMore = waiting.Count > 0 || again.Count > 0;
            Task next = hasMore ? clock.DelayAsync(TimeSpan.FromMilliseconds(Limits.FetchHedgeMs), step.Token) : end;
            Task[] any = [.. running.Keys, next, end];
            await Task.WhenAny(any);
            step.Cancel();
            foreach (var done in running.Keys.Where(one => one.IsCompleted).ToArray())
            {
                var refusal = await done;
                received |= Conclude(epoch, hash, running[done], refusal, silent);
                if (refusal == HandoverRefusal.PeerRefused)
                {
                    again.Enqueue((clock.Elapsed + TimeSpan.FromMilliseconds(Limits.FetchAgainMs), running[done]));
                }

                running.Remove(done);
            }
        }

        race.Cancel();
        foreach (var (task, peer) in running)
        {
            // Cancelled, and bounded by its ports: it ends now. Being slower than another is no failure, saying nothing is.
            var refusal = await task;
            if (refusal is null || !received)
            {
                received |= Conclude(epoch, hash, peer, refusal, silent);
            }
        }

        cancel.ThrowIfCancellationRequested();
        if (!received && silent.Count > 0)
        {
            audit.Record(AuditKind.SecretNotReceived, $"epoch {epoch}: {string.Join(", ", silent.Select(one => $"{one.Key} by {one.Value}"))}");
        }

        return received;
    }

    private Queue<VerifiedPeer> InOrder(IReadOnlyList<VerifiedPeer> from, Func<VerifiedPeer, int> hope)
    {
        lock (_gate)
        {
            foreach (var gone in _failed.Keys.Except(from.Select(peer => peer.Wallet)).ToArray())
            {
                _failed.Remove(gone);
            }

            return new Queue<VerifiedPeer>(from.OrderBy(hope).ThenBy(peer => _failed.GetValueOrDefault(peer.Wallet)));
        }
    }

    /// <returns>True when the peer handed the secret over.</returns>
    private bool Conclude(Epoch epoch, Bytes32 hash, VerifiedPeer peer, HandoverRefusal? refusal, SortedDictionary<HandoverRefusal, int> silent)
    {
        if (refusal is null)
        {
            audit.Record(AuditKind.SecretReceived, $"epoch {epoch} hash {hash} from {peer.Wallet}");
            return true;
        }

        lock (_gate)
        {
            _failed[peer.Wallet] = ++_failures;
        }

        // Sixty members that are gone are one event; one that lies is one of its own.
        if (refusal is HandoverRefusal.PeerFailed or HandoverRefusal.PeerRefused or HandoverRefusal.OdynUnavailable)
        {
            silent[refusal.Value] = silent.GetValueOrDefault(refusal.Value) + 1;
        }
        else
        {
            audit.Record(AuditKind.SecretNotReceived, $"epoch {epoch} from {peer.Wallet}: {refusal}");
        }

        return false;
    }

    /// <summary>Never throws: a peer that makes this program throw is one that failed.</summary>
    private async Task<HandoverRefusal?> AskAsync(Epoch epoch, Bytes32 hash, VerifiedPeer peer, CancellationToken cancel)
    {
        HandoverRefusal? refusal = HandoverRefusal.PeerFailed;
        try
        {
            await errors.GuardAsync(WorkUnit.HandoverPeer, async () => refusal = await FetchAsync(epoch, hash, peer, cancel), cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Another peer was quicker, or the budget is used up.
        }

        return refusal;
    }

    private async Task<HandoverRefusal?> FetchAsync(Epoch epoch, Bytes32 hash, VerifiedPeer peer, CancellationToken cancel)
    {
        var (challengeText, _) = await peers.GetNonceAsync(peer, cancel);
        if (challengeText is null)
        {
            return HandoverRefusal.PeerFailed;
        }

        byte[] challenge = Convert.FromBase64String(challengeText);
        var terms = new HandoverTerms(chain, epoch, hash, identity.Wallet, peer.Wallet);
        using var ephemeral = random.NextTeeKey();
        var attested = await odyn.AttestAsync(
            new AttestationRequest(terms.Nonce(HandoverRole.Receiver, challenge), ephemeral.PublicKey), cancel);
        if (!attested.TryGet(out var own))
        {
            return HandoverRefusal.OdynUnavailable;
        }

        var nonce = new byte[Limits.HandoverNonceBytes];
        random.Fill(nonce);
        byte[] body = new HandoverRequest(epoch, hash, nonce, challenge, own).Encode();
        var reply = await peers.PostAsync(peer, _ => body, cancel);
        if (!reply.IsOk)
        {
            return reply.Failure is null ? HandoverRefusal.PeerRefused : HandoverRefusal.PeerFailed;
        }

        return HandoverAnswer.TryParse(reply.Body, out var answer)
            ? Install(terms, peer, ephemeral, nonce, body, answer)
            : HandoverRefusal.Malformed;
    }

    private HandoverRefusal? Install(
        HandoverTerms terms, VerifiedPeer peer, TeePrivateKey ephemeral, byte[] nonce, byte[] body, HandoverAnswer answer)
    {
        var accepted = policy.Accept(answer.Attestation, nonce, terms, HandoverRole.Sender, peer);
        if (!accepted.TryGet(out var theirKey))
        {
            return accepted.Failure;
        }

        if (theirKey.Equals(ephemeral.PublicKey))
        {
            return HandoverRefusal.WrongKey;
        }

        byte[] transcript = HandoverTranscript.Of(body, answer.Attestation.Span);
        if (!HandoverSeal.TryOpen(answer.Sealed.Span, ephemeral, theirKey, transcript, out var secret))
        {
            return HandoverRefusal.NotAuthentic;
        }

        // The ring compares the hash before it takes anything in, and disposes of what it does not take.
        bool isRight = secret!.Hash == terms.Hash;
        return secrets.TryInstall(terms.Epoch, terms.Hash, secret) ? null
            : isRight ? HandoverRefusal.NotNow
            : HandoverRefusal.WrongSecret;
    }
}
