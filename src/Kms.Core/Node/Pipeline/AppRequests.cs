using System.Security.Cryptography;
using Kms.Core.Audit;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Node.Api;
using Kms.Core.Node.Handlers;
using Kms.Core.Node.Serving;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Pipeline;

/// <summary>The routes of apps: up the <see cref="ProofLadder"/>, decrypt, act, seal.</summary>
internal sealed class AppRequests(ProofLadder ladder, Func<Readiness> readiness, PipelineCounters counters)
{
    public async Task<Outcome> ServeAsync(
        KmsRequest request,
        Route route,
        NodeServices services,
        AdmissionTicket ticket,
        CancellationToken cancel)
    {
        if (readiness() is Readiness.NotReady not)
        {
            return Outcome.Refused(ApiRefusal.NotReady(not.Reason));
        }

        var climbed = await ladder.ClimbAsync(
            request, route, ProofScheme.App, services, ticket, (wallet, token) => AuthorizeAsync(request, route, services, wallet, token), cancel);
        if (!climbed.TryGet(out var caller))
        {
            return climbed.Failure!.Value.ToOutcome();
        }

        counters.CountProof(caller.Proof.Version);
        return await OpenAndActAsync(route, services, caller.Right.App, caller.Right.Envelope, caller.Proof, cancel);
    }

    /// <summary>An app that may be served, and an envelope from its registered key where the route takes one.</summary>
    private static async Task<Result<(VerifiedApp App, OdynEnvelope? Envelope), ApiRefusal>> AuthorizeAsync(
        KmsRequest request, Route route, NodeServices services, ProvenWallet proven, CancellationToken cancel)
    {
        var authorization = await services.Apps.AuthorizeAsync(proven.Wallet, cancel);
        if (!authorization.TryGet(out var app))
        {
            return Refused(Refusals.Of(authorization.Failure!.Value));
        }

        if (!route.TakesEnvelope)
        {
            return Result<(VerifiedApp, OdynEnvelope?), ApiRefusal>.Ok((app, null));
        }

        var parsed = EnvelopeJson.Parse(request.Body.Span, app.TeePublicKey, UnknownOf(proven.Proof));
        if (!parsed.TryGet(out var envelope))
        {
            return Refused(parsed.Failure!.Value);
        }

        if (!envelope.Sender.Equals(app.TeePublicKey))
        {
            services.Audit(AuditKind.EnvelopeSenderMismatch, $"wallet {proven.Wallet}");
            return Refused(new ApiRefusal(ApiError.SenderMismatch, "the envelope is not from the registered TEE key"));
        }

        return Result<(VerifiedApp, OdynEnvelope?), ApiRefusal>.Ok((app, envelope));
    }

    private static Result<(VerifiedApp App, OdynEnvelope? Envelope), ApiRefusal> Refused(ApiRefusal why) =>
        Result<(VerifiedApp, OdynEnvelope?), ApiRefusal>.Fail(why);

    private async Task<Outcome> OpenAndActAsync(
        Route route,
        NodeServices services,
        VerifiedApp app,
        OdynEnvelope? envelope,
        Proof proof,
        CancellationToken cancel)
    {
        byte[] payload = [];
        if (envelope is not null)
        {
            var opened = await services.Odyn.DecryptAsync(envelope, cancel);
            if (!opened.TryGet(out var plaintext))
            {
                return Outcome.Refused(
                    opened.Failure == OdynFailure.Refused
                        ? new ApiRefusal(ApiError.EnvelopeUnreadable, "the envelope does not open")
                        : ApiRefusal.OdynUnavailable(),
                    proof);
            }

            payload = plaintext;
        }

        try
        {
            // Asked again: the right to serve may have been lost while the chain and Odyn were asked.
            if (readiness() is not Readiness.Ready ready)
            {
                var reason = readiness() is Readiness.NotReady not ? not.Reason : NotReadyReason.Starting;
                return Outcome.Refused(ApiRefusal.NotReady(reason), proof);
            }

            using var answer = await ActAsync(new AppCall(app, ready, route, payload, UnknownOf(proof), services), cancel);
            return await SealAsync(services, app, answer, proof, cancel);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(payload);
        }
    }

    // Existing clients send members of their own. Who binds proofs to requests wants every word of them understood.
    private static UnknownMembers UnknownOf(Proof proof) => proof.Version == 1 ? UnknownMembers.Ignored : UnknownMembers.Refused;

    private static async Task<AppAnswer> ActAsync(AppCall call, CancellationToken cancel) => call.Route.Kind switch
    {
        RouteKind.Derive => DeriveHandler.Handle(call),
        RouteKind.DataRead => DataReadHandler.Handle(call),
        RouteKind.DataPut => await DataPutHandler.HandleAsync(call, cancel),
        RouteKind.DataDelete => DataDeleteHandler.Handle(call),
        _ => throw new InvariantException($"{call.Route.Kind} is no app route"),
    };

    /// <summary>Plaintext never leaves, whatever fails (finding H1).</summary>
    private static async Task<Outcome> SealAsync(NodeServices services, VerifiedApp app, AppAnswer answer, Proof proof, CancellationToken cancel)
    {
        if (!answer.TryGetJson(out var json))
        {
            Invariant.Require(answer.Refusal is not null);
            return Outcome.Refused(answer.Refusal.Value, proof);
        }

        var encrypted = await services.Odyn.EncryptAsync(json.Written, app.TeePublicKey, cancel);
        if (!encrypted.TryGet(out var envelope))
        {
            return Outcome.Refused(ApiRefusal.OdynUnavailable(answer.Wrote), proof);
        }

        if (!envelope.Sender.Equals(services.Identity.TeePublicKey))
        {
            services.Audit(AuditKind.OdynSealedWithAnotherKey, $"wallet {services.Identity.Wallet}");
            return Outcome.Refused(ApiRefusal.NotReady(NotReadyReason.IdentityChanged) with { Applied = answer.Wrote }, proof);
        }

        return new Outcome(Reply.Ok(EnvelopeJson.Serialize(envelope)), proof, answer.Wrote);
    }
}
