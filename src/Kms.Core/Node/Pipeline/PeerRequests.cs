using Kms.Core.Authentication;
using Kms.Core.Membership;
using Kms.Core.Node.Api;
using Kms.Core.Node.Handlers;
using Kms.Core.Node.Serving;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Pipeline;

/// <summary><c>POST /sync</c>, and <c>GET /status</c> with a proof: <c>x-kms-*</c> headers, v2 only (design §7, §8).</summary>
internal sealed class PeerRequests(PipelineOptions options, ProofLadder ladder, Func<Readiness> readiness, PipelineCounters counters)
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

        var climbed = await ladder.ClimbAsync(
            request, route, ProofScheme.Peer, services, ticket, (wallet, token) => AuthorizeAsync(route, services, wallet, token), cancel);
        if (!climbed.TryGet(out var caller))
        {
            return climbed.Failure!.Value.ToOutcome();
        }

        if (route.Kind == RouteKind.Status)
        {
            return new Outcome(Reply.Ok(DetailedStatusHandler.Write(readiness(), services, counters)), caller.Proof);
        }

        Invariant.Require(caller.Right is not null);
        var answer = await services.Sync.HandleAsync(caller.Right, caller.Wallet.ChannelBinding, request.Body, cancel);
        return answer.TryGet(out var body)
            ? new Outcome(new Reply(200, Reply.Cbor, body.ToArray()), caller.Proof)
            : Outcome.Refused(answer.Failure!.Value, caller.Proof);
    }

    /// <summary>A member; null for a wallet that may read the detailed status and is none.</summary>
    private async Task<Result<VerifiedPeer?, ApiRefusal>> AuthorizeAsync(
        Route route, NodeServices services, ProvenWallet proven, CancellationToken cancel)
    {
        var authorization = await services.AuthorizePeer(proven.Wallet, cancel);
        bool mayRead = route.Kind == RouteKind.Status && options.StatusReaders.Contains(proven.Wallet);
        return authorization.TryGet(out var peer) || mayRead
            ? Result<VerifiedPeer?, ApiRefusal>.Ok(peer)
            : Result<VerifiedPeer?, ApiRefusal>.Fail(Refusals.Of(authorization.Failure!.Value));
    }
}
