using Kms.Core.Audit;
using Kms.Core.Authentication;
using Kms.Core.Node.Api;
using Kms.Core.Node.Serving;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Pipeline;

/// <summary>
/// The one ladder of proof of possession, for apps and for peers (design §7): nonce MAC and age, timestamp, signer, a place for the
/// wallet, its rights on the chain, and one atomic consumption of the nonce at the end: what is refused on the way costs the
/// caller no nonce. What is cheap to refuse is refused before.
/// </summary>
internal sealed class ProofLadder(PipelineOptions options)
{
    /// <param name="authorize">What the wallet may do by the chain, and whatever else is to be right before its nonce is spent.</param>
    public async Task<Result<ProvenCaller<TRight>, LadderRefusal>> ClimbAsync<TRight>(
        KmsRequest request,
        Route route,
        ProofScheme scheme,
        NodeServices services,
        AdmissionTicket ticket,
        Func<ProvenWallet, CancellationToken, Task<Result<TRight, ApiRefusal>>> authorize,
        CancellationToken cancel)
    {
        if (services.TrustedNowMs() is not { } now)
        {
            return Refused<TRight>(ApiRefusal.NotReady(NotReadyReason.Starting));
        }

        var parsed = Proof.Parse(request, scheme);
        if (!parsed.TryGet(out var proof))
        {
            return Refused<TRight>(Refusals.Of(parsed.Failure!.Value));
        }

        if (proof.Version == 1 && options.RequireV2.HasFlag(route.Class))
        {
            return Refused<TRight>(Refusals.Of(ProofRefusal.Version));
        }

        var verified = ProvenWallet.Verify(request, scheme, proof, services.Nonces, services.Identity.Wallet, now);
        if (!verified.TryGet(out var proven))
        {
            return Refused<TRight>(Refusals.Of(verified.Failure!.Value));
        }

        // From here on every answer is signed.
        if (!ticket.TryBindWallet(proven.Wallet))
        {
            return Refused<TRight>(new ApiRefusal(ApiError.TooManyRequests, "the wallet has too many requests in flight"), proof);
        }

        var authorized = await authorize(proven, cancel);
        if (!authorized.TryGet(out var right))
        {
            return Refused<TRight>(authorized.Failure!.Value, proof);
        }

        if (Refusals.Of(services.Nonces.Consume(proven.Nonce, proven.Wallet)) is { } spent)
        {
            if (spent.Error == ApiError.NonceReplayed)
            {
                services.Audit(AuditKind.ProofReplayed, $"wallet {proven.Wallet}");
            }

            return Refused<TRight>(spent, proof);
        }

        ticket.Authenticated();
        return Result<ProvenCaller<TRight>, LadderRefusal>.Ok(new ProvenCaller<TRight>(proven, right));
    }

    private static Result<ProvenCaller<TRight>, LadderRefusal> Refused<TRight>(ApiRefusal refusal, Proof? signFor = null) =>
        Result<ProvenCaller<TRight>, LadderRefusal>.Fail(new LadderRefusal(refusal, signFor));
}

/// <summary>Who climbed to the end: the proven wallet, its nonce consumed, and what it may do.</summary>
internal readonly record struct ProvenCaller<TRight>(ProvenWallet Wallet, TRight Right)
{
    public Proof Proof => Wallet.Proof;
}

/// <summary>Where a caller was stopped.</summary>
/// <param name="SignFor">Set once the proof verified: the refusal is signed for it.</param>
internal readonly record struct LadderRefusal(ApiRefusal Refusal, Proof? SignFor)
{
    public Outcome ToOutcome() => Outcome.Refused(Refusal, SignFor);
}
