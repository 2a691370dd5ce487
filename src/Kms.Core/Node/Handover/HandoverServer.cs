using Kms.Core.Audit;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Secrets;

namespace Kms.Core.Node.Handover;

/// <summary>Hands a held secret to a member that attests freshly, and to nobody else (design §6).</summary>
internal sealed class HandoverServer(
    ChainIdentity chain,
    OdynIdentity identity,
    BoundedOdyn odyn,
    NodeRandom random,
    Nonces nonces,
    SecretRing secrets,
    PeerAuthorizer peers,
    MembershipWatch membership,
    HandoverPolicy policy,
    HandoverLimiter limiter,
    AuditLog audit,
    Func<bool> mayHandOver)
{
    /// <returns>The answer's body, or why there is none.</returns>
    public async Task<(byte[]? Answer, HandoverRefusal? Refusal)> HandleAsync(WalletAddress asker, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        if (!HandoverRequest.TryParse(body, out var request))
        {
            return Refuse(asker, null, HandoverRefusal.Malformed);
        }

        var (answer, refusal) = await AnswerAsync(asker, request, body, cancel);
        if (answer is null)
        {
            return Refuse(asker, request, refusal);
        }

        audit.Record(AuditKind.SecretHandedOver, $"epoch {request.Epoch} hash {request.Hash} to {asker}");
        return (answer, null);
    }

    private async Task<(byte[]? Answer, HandoverRefusal Refusal)> AnswerAsync(
        WalletAddress asker, HandoverRequest request, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        // The challenge dies here whatever comes of it: one document, one handover.
        if (nonces.Check(Convert.ToBase64String(request.Challenge.Span), out var challenge) != NonceCheck.Ok
            || nonces.Consume(challenge!, asker) != NonceConsumption.Consumed)
        {
            return (null, HandoverRefusal.StaleChallenge);
        }

        var (before, refused) = await AuthorizeAsync(asker, request, cancel);
        if (before is null)
        {
            return (null, refused);
        }

        var terms = new HandoverTerms(chain, request.Epoch, request.Hash, asker, identity.Wallet);
        if (!policy.TryAccept(request.Attestation, request.Challenge.Span, terms, HandoverRole.Receiver, before.Peer, out var theirKey, out var reason))
        {
            return (null, reason);
        }

        using var ephemeral = random.NextTeeKey();
        var attested = await odyn.AttestAsync(
            new AttestationRequest(terms.Nonce(HandoverRole.Sender, request.Nonce.Span), ephemeral.PublicKey), cancel);
        if (!attested.TryGet(out var own))
        {
            return (null, HandoverRefusal.OdynUnavailable);
        }

        // Odyn took its time: everything that the chain can take away is looked at again, right before the secret leaves.
        var (now, lost) = await AuthorizeAsync(asker, request, cancel);
        if (now is null)
        {
            return (null, lost);
        }

        if (!limiter.TryTake(now.Peer.Instance.Id, request.Epoch, request.Hash))
        {
            return (null, HandoverRefusal.TooMany);
        }

        byte[] transcript = HandoverTranscript.Of(body.Span, own);
        bool sealedNow = secrets.TryHandOver(
            now.Holder, secret => HandoverSeal.Seal(secret, ephemeral, theirKey, transcript, random), out byte[]? sealedSecret);
        return sealedNow ? (new HandoverAnswer(own, sealedSecret).Encode(), default) : (null, HandoverRefusal.NotHeld);
    }

    /// <summary>Who asks is an ENROLLED member, and this node a member that holds the secret, at one fresh view of both heads.</summary>
    private async Task<(Right? Right, HandoverRefusal Refusal)> AuthorizeAsync(WalletAddress asker, HandoverRequest request, CancellationToken cancel)
    {
        if (!mayHandOver() || !(await peers.AuthorizeAsync(identity.Wallet, cancel)).TryGet(out _))
        {
            return (null, HandoverRefusal.NotNow);
        }

        // The view of the call above, still fresh: one view for both sides.
        if (membership.Usable is not { } view || PeerAuthorizer.Authorize(view, identity.Wallet).Peer is null)
        {
            return (null, HandoverRefusal.NotNow);
        }

        if (!PeerAuthorizer.Authorize(view, asker).TryGet(out var peer))
        {
            return (null, HandoverRefusal.NotAMember);
        }

        if (!peer.MayReceiveSecrets || peer.Wallet == identity.Wallet)
        {
            return (null, HandoverRefusal.NotEligible);
        }

        return secrets.TryMintHolder(view, request.Epoch, request.Hash, out var holder)
            ? (new Right(peer, holder), default)
            : (null, HandoverRefusal.NotHeld);
    }

    private (byte[]? Answer, HandoverRefusal? Refusal) Refuse(WalletAddress asker, HandoverRequest? request, HandoverRefusal refusal)
    {
        audit.Record(AuditKind.HandoverRefused, $"{refusal}: epoch {request?.Epoch} to {asker}");
        return (null, refusal);
    }

    private sealed record Right(VerifiedPeer Peer, Holder Holder);
}
