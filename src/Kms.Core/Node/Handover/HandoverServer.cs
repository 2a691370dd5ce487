using Kms.Core.Audit;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Node.Odyn;
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
    /// <returns>The answer's body.</returns>
    public async Task<Result<byte[], HandoverRefusal>> HandleAsync(WalletAddress asker, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        if (!HandoverRequest.TryParse(body, out var request))
        {
            return Refuse(asker, null, HandoverRefusal.Malformed);
        }

        var answer = await AnswerAsync(asker, request, body, cancel);
        if (answer.Failure is { } refusal)
        {
            return Refuse(asker, request, refusal);
        }

        audit.Record(AuditKind.SecretHandedOver, $"epoch {request.Epoch} hash {request.Hash} to {asker}");
        return answer;
    }

    private async Task<Result<byte[], HandoverRefusal>> AnswerAsync(
        WalletAddress asker, HandoverRequest request, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        // The challenge dies here whatever comes of it: one document, one handover.
        if (nonces.Check(Convert.ToBase64String(request.Challenge.Span), out var challenge) != NonceCheck.Ok
            || nonces.Consume(challenge!, asker) != NonceConsumption.Consumed)
        {
            return Refused(HandoverRefusal.StaleChallenge);
        }

        var authorized = await AuthorizeAsync(asker, request, cancel);
        if (!authorized.TryGet(out var before))
        {
            return authorized.As<byte[]>();
        }

        var terms = new HandoverTerms(chain, request.Epoch, request.Hash, asker, identity.Wallet);
        var accepted = policy.Accept(request.Attestation, request.Challenge.Span, terms, HandoverRole.Receiver, before.Peer);
        if (!accepted.TryGet(out var theirKey))
        {
            return accepted.As<byte[]>();
        }

        using var ephemeral = random.NextTeeKey();
        var attested = await odyn.AttestAsync(
            new AttestationRequest(terms.Nonce(HandoverRole.Sender, request.Nonce.Span), ephemeral.PublicKey), cancel);
        if (!attested.TryGet(out var own))
        {
            return Refused(HandoverRefusal.OdynUnavailable);
        }

        // Odyn took its time: everything that the chain can take away is looked at again, right before the secret leaves.
        authorized = await AuthorizeAsync(asker, request, cancel);
        if (!authorized.TryGet(out var now))
        {
            return authorized.As<byte[]>();
        }

        if (!limiter.TryTake(now.Peer.Instance.Id, request.Epoch, request.Hash))
        {
            return Refused(HandoverRefusal.TooMany);
        }

        byte[] transcript = HandoverTranscript.Of(body.Span, own);
        bool sealedNow = secrets.TryHandOver(
            now.Holder, secret => HandoverSeal.Seal(secret, ephemeral, theirKey, transcript, random), out byte[]? sealedSecret);
        return sealedNow
            ? Result<byte[], HandoverRefusal>.Ok(new HandoverAnswer(own, sealedSecret).Encode())
            : Refused(HandoverRefusal.NotHeld);
    }

    /// <summary>Who asks is an ENROLLED member, and this node a member that holds the secret, at one fresh view of both heads.</summary>
    private async Task<Result<Right, HandoverRefusal>> AuthorizeAsync(WalletAddress asker, HandoverRequest request, CancellationToken cancel)
    {
        if (!mayHandOver() || !(await peers.AuthorizeAsync(identity.Wallet, cancel)).TryGet(out _))
        {
            return Result<Right, HandoverRefusal>.Fail(HandoverRefusal.NotNow);
        }

        // The view of the call above, still fresh: one view for both sides.
        if (membership.Usable is not { } view || !PeerAuthorizer.Authorize(view, identity.Wallet).TryGet(out _))
        {
            return Result<Right, HandoverRefusal>.Fail(HandoverRefusal.NotNow);
        }

        if (!PeerAuthorizer.Authorize(view, asker).TryGet(out var peer))
        {
            return Result<Right, HandoverRefusal>.Fail(HandoverRefusal.NotAMember);
        }

        if (!peer.MayReceiveSecrets || peer.Wallet == identity.Wallet)
        {
            return Result<Right, HandoverRefusal>.Fail(HandoverRefusal.NotEligible);
        }

        return Holder.Of(secrets, view, request.Epoch, request.Hash) is { } holder
            ? Result<Right, HandoverRefusal>.Ok(new Right(peer, holder))
            : Result<Right, HandoverRefusal>.Fail(HandoverRefusal.NotHeld);
    }

    private Result<byte[], HandoverRefusal> Refuse(WalletAddress asker, HandoverRequest? request, HandoverRefusal refusal)
    {
        audit.Record(AuditKind.HandoverRefused, $"{refusal}: epoch {request?.Epoch} to {asker}");
        return Refused(refusal);
    }

    private static Result<byte[], HandoverRefusal> Refused(HandoverRefusal why) => Result<byte[], HandoverRefusal>.Fail(why);

    private sealed record Right(VerifiedPeer Peer, Holder Holder);
}
