using Kms.Core.Authentication;
using Kms.Core.Membership;
using Kms.Core.Node.Handlers;

namespace Kms.Core.Node.Pipeline;

/// <summary><c>POST /sync</c>, and <c>GET /status</c> with a proof: <c>x-kms-*</c> headers, v2 only (design §7, §8).</summary>
internal sealed class PeerRequests(PipelineOptions options, Func<Readiness> readiness, PipelineCounters counters)
{
    public async Task<Outcome> ServeAsync(
        KmsRequest request,
        Route route,
        NodeServices services,
        AdmissionTicket ticket,
        CancellationToken cancel)
    {
        // A node that lacks a secret still takes part; one that does not know the chain's state cannot tell who is a member.
        if (readiness() is Readiness.NotReady not && NotReadyReasons.Of(not.Reason).StillDoes == StillDoes.Nothing)
        {
            return Outcome.Refused(ApiRefusal.NotReady(not.Reason));
        }

        if (services.TrustedNowMs() is not { } now)
        {
            return Outcome.Refused(ApiRefusal.NotReady(NotReadyReason.Starting));
        }

        if (!ProofOfPossession.TryParse(request, ProofScheme.Peer, out var proof, out var refusal)
            || !ProofOfPossession.TryVerify(
                request, ProofScheme.Peer, proof, services.Nonces, services.Identity.Wallet, now, out var proven, out refusal))
        {
            return Outcome.Refused(Refusals.Of(refusal));
        }

        if (!ticket.TryBindWallet(proven.Wallet))
        {
            return Outcome.Refused(ApiError.TooManyRequests, "the wallet has too many requests in flight", proof);
        }

        bool mayRead = route.Kind == RouteKind.Status && options.StatusReaders.Contains(proven.Wallet);
        var authorization = await services.AuthorizePeer(proven.Wallet, cancel);
        if (!authorization.TryGet(out var peer) && !mayRead)
        {
            return Outcome.Refused(
                authorization.Refusal == PeerRefusal.ChainUnavailable
                    ? ApiRefusal.NotReady(NotReadyReason.ChainUnavailable)
                    : new ApiRefusal(ApiError.NotAPeer, "the signing wallet is no member at both views"),
                proof);
        }

        if (Refusals.Of(services.Nonces.Consume(proven.Nonce, proven.Wallet)) is { } spent)
        {
            return Outcome.Refused(spent, proof);
        }

        ticket.Authenticated();
        return route.Kind == RouteKind.Status
            ? new Outcome(Reply.Ok(DetailedStatusHandler.Write(readiness(), services, counters)), proof)
            : await SyncAsync(request, services, peer, proven, cancel);
    }

    private static async Task<Outcome> SyncAsync(
        KmsRequest request,
        NodeServices services,
        VerifiedPeer? peer,
        ProvenWallet proven,
        CancellationToken cancel)
    {
        Invariant.Require(peer is not null);
        return await services.Sync.HandleAsync(peer, proven.Binding, request.Body, cancel) switch
        {
            SyncAnswer.Ok ok => new Outcome(new Reply(200, Reply.Cbor, ok.Body.ToArray()), proven.Proof),
            SyncAnswer.Refused refused => Outcome.Refused(new ApiRefusal(refused.Error, refused.Message, refused.Reason), proven.Proof),
            var other => throw new InvariantException($"sync: {other.GetType().Name}"),
        };
    }
}
