using System.Security.Cryptography;
using Kms.Core.Audit;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Node.Handlers;
using Kms.Core.Ports;

namespace Kms.Core.Node.Pipeline;

/// <summary>
/// The routes of apps. The order is design §7's: nonce MAC and age, timestamp, signer, registry, one atomic consumption,
/// decrypt, act; what is cheap to refuse is refused before.
/// </summary>
internal sealed class AppRequests(PipelineOptions options, Func<Readiness> readiness, PipelineCounters counters)
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

        if (services.TrustedNowMs() is not { } now)
        {
            return Outcome.Refused(ApiRefusal.NotReady(NotReadyReason.Starting));
        }

        if (!ProofOfPossession.TryParse(request, ProofScheme.App, out var proof, out var refusal))
        {
            return Outcome.Refused(Refusals.Of(refusal));
        }

        if (proof.Version == 1 && options.RequireV2.HasFlag(route.Class))
        {
            return Outcome.Refused(Refusals.Of(ProofRefusal.Version));
        }

        return ProofOfPossession.TryVerify(
            request, ProofScheme.App, proof, services.Nonces, services.Identity.Wallet, now, out var proven, out refusal)
            ? await ServeProvenAsync(request, route, services, ticket, proven, cancel)
            : Outcome.Refused(Refusals.Of(refusal));
    }

    /// <summary>From here on every answer is signed.</summary>
    private async Task<Outcome> ServeProvenAsync(
        KmsRequest request,
        Route route,
        NodeServices services,
        AdmissionTicket ticket,
        ProvenWallet proven,
        CancellationToken cancel)
    {
        if (!ticket.TryBindWallet(proven.Wallet))
        {
            return Outcome.Refused(ApiError.TooManyRequests, "the wallet has too many requests in flight", proven.Proof);
        }

        var authorization = await services.Apps.AuthorizeAsync(proven.Wallet, cancel);
        if (authorization.App is not { } app)
        {
            return Outcome.Refused(
                authorization.Refusal is { } refused ? Refusals.Of(refused) : ApiRefusal.NotReady(NotReadyReason.ChainUnavailable),
                proven.Proof);
        }

        OdynEnvelope? envelope = null;
        if (route.TakesEnvelope)
        {
            if (!EnvelopeJson.TryParse(request.Body.Span, app.TeePublicKey, UnknownOf(proven.Proof), out envelope, out var bad))
            {
                return Outcome.Refused(bad, proven.Proof);
            }

            if (!envelope.Sender.Equals(app.TeePublicKey))
            {
                services.Audit(AuditKind.EnvelopeSenderMismatch, $"wallet {proven.Wallet}");
                return Outcome.Refused(ApiError.SenderMismatch, "the envelope is not from the registered TEE key", proven.Proof);
            }
        }

        if (Refusals.Of(services.Nonces.Consume(proven.Nonce, proven.Wallet)) is { } spent)
        {
            if (spent.Error == ApiError.NonceReplayed)
            {
                services.Audit(AuditKind.ProofReplayed, $"wallet {proven.Wallet}");
            }

            return Outcome.Refused(spent, proven.Proof);
        }

        ticket.Authenticated();
        counters.CountProof(proven.Proof.Version);
        return await OpenAndActAsync(route, services, app, envelope, proven.Proof, cancel);
    }

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
            return Outcome.Refused(answer.Refusal, proof);
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
