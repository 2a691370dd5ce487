using System.Globalization;
using Kms.Core.Authentication;
using Kms.Core.Node.Api;
using Kms.Core.Node.Handlers;
using Kms.Core.Node.Serving;
using Kms.Core.Primitives;
using Kms.Core.Supervision;

namespace Kms.Core.Node.Pipeline;

/// <summary>Everything between a request's bytes and a response's bytes; the same for Kestrel and for the simulator (design §2).</summary>
internal sealed class RequestPipeline
{
    private readonly Func<Readiness> _readiness;
    private readonly Func<NodeServices?> _services;
    private readonly InternalErrors _errors;
    private readonly Admission _admission = new();
    private readonly AppRequests _apps;
    private readonly PeerRequests _peers;

    /// <param name="readiness">The one value that NodeTick moves.</param>
    /// <param name="services">Null until the node knows its identity and has randomness.</param>
    public RequestPipeline(PipelineOptions options, Func<Readiness> readiness, Func<NodeServices?> services, InternalErrors errors)
    {
        _errors = errors;
        _readiness = readiness;
        _services = services;
        var ladder = new ProofLadder(options);
        _apps = new AppRequests(ladder, readiness, Counters);
        _peers = new PeerRequests(options, ladder, readiness, Counters);
    }

    public PipelineCounters Counters { get; } = new();

    /// <summary>Answers any request; never throws but for a caller that went away, or a broken ring of secrets.</summary>
    /// <param name="cancel">The caller went away: nobody reads the answer.</param>
    public async Task<KmsResponse> HandleAsync(KmsRequest request, CancellationToken cancel)
    {
        KmsResponse? response = null;
        await _errors.GuardAsync(WorkUnit.Request, async () => response = await AnswerAsync(request, cancel), cancel);

        // Unsigned: whatever failed, the caller must take this for no answer at all, and a write for one of unknown outcome.
        return response ?? Frame(Reply.Error(ApiError.InternalError, "this node failed to answer; ask another"), []);
    }

    private async Task<KmsResponse> AnswerAsync(KmsRequest request, CancellationToken cancel)
    {
        var screened = Screening.Screen(request);
        if (!screened.TryGet(out var route))
        {
            return Frame(Reply.Error(screened.Failure!.Value), []);
        }

        // Liveness must not depend on load: an overloaded node is not a dead one.
        if (route.Kind is RouteKind.Index or RouteKind.Health)
        {
            return Frame(Reply.Ok(route.Kind == RouteKind.Index ? PublicHandlers.Index() : PublicHandlers.Health()), []);
        }

        using var ticket = AdmissionTicket.TryEnter(_admission);
        if (ticket is null)
        {
            return Frame(Reply.Error(ApiError.TooManyRequests, "this node is busy"), []);
        }

        return IsPublic(request, route)
            ? Frame(ServePublic(route), [])
            : await ServeProofAsync(request, route, ticket, cancel);
    }

    /// <summary><c>/status</c> is public unless the caller proves who it is.</summary>
    private static bool IsPublic(KmsRequest request, Route route) => route.Kind switch
    {
        RouteKind.Nonce or RouteKind.Nodes => true,
        RouteKind.Status => !request.Headers.Any(
            header => string.Equals(header.Key, ProofScheme.Peer.SignatureHeader, StringComparison.OrdinalIgnoreCase)),
        _ => false,
    };

    private Reply ServePublic(Route route)
    {
        var services = _services();
        if (route.Kind == RouteKind.Status)
        {
            return Reply.Ok(PublicHandlers.Status(_readiness(), services));
        }

        if (services is null)
        {
            return Reply.Error(ApiRefusal.NotReady(NotReasonOr(NotReadyReason.Starting)));
        }

        return Reply.Ok(route.Kind == RouteKind.Nonce ? PublicHandlers.Nonce(services) : PublicHandlers.Nodes(services));
    }

    private async Task<KmsResponse> ServeProofAsync(KmsRequest request, Route route, AdmissionTicket ticket, CancellationToken cancel)
    {
        if (_services() is not { } services)
        {
            return Frame(Reply.Error(ApiRefusal.NotReady(NotReasonOr(NotReadyReason.Starting))), []);
        }

        bool isPeer = route.Kind is RouteKind.Sync or RouteKind.Status;
        if (!ticket.TryBeginUnauthenticated(isPeer ? Lane.Peers : Lane.Apps))
        {
            return Frame(Reply.Error(ApiError.TooManyRequests, "this node is busy with callers it does not know yet"), []);
        }

        var outcome = isPeer
            ? await _peers.ServeAsync(request, route, services, ticket, cancel)
            : await _apps.ServeAsync(request, route, services, ticket, cancel);
        if (outcome.SignFor is null)
        {
            return Frame(outcome.Reply, []);
        }

        var signatures = await ResponseSigner.SignAsync(services, outcome.SignFor, outcome.Reply, cancel);
        return signatures is null
            ? Frame(Reply.Error(ApiRefusal.OdynUnavailable(outcome.Wrote)), [])
            : Frame(outcome.Reply, signatures);
    }

    private NotReadyReason NotReasonOr(NotReadyReason otherwise) =>
        _readiness() is Readiness.NotReady not ? not.Reason : otherwise;

    private KmsResponse Frame(Reply reply, IReadOnlyList<KeyValuePair<string, string>> signatures)
    {
        List<KeyValuePair<string, string>> headers =
        [
            new("Content-Type", reply.ContentType),
            new("Cache-Control", "no-store"),
            new("X-Content-Type-Options", "nosniff"),
            .. signatures,
        ];
        if (reply.Refusal is { } refusal)
        {
            Counters.CountRefused(refusal.Error);
            if (refusal.Allow is { } allow)
            {
                headers.Add(new("Allow", allow));
            }

            if (ApiErrors.RetryAfterSeconds(refusal.Error) is { } seconds)
            {
                headers.Add(new("Retry-After", seconds.ToString(CultureInfo.InvariantCulture)));
            }
        }
        else
        {
            Counters.CountServed();
        }

        return new KmsResponse(reply.Status, headers, reply.Body);
    }
}

/// <summary>What a host may choose about requests.</summary>
/// <param name="RequireV2">Route classes whose v1 proofs are refused (401 <c>proof_version</c>).</param>
/// <param name="StatusReaders">Wallets that, besides members, may read the detailed status with a <c>x-kms-*</c> v2 proof.</param>
internal sealed record PipelineOptions(RouteClasses RequireV2, IReadOnlySet<WalletAddress> StatusReaders)
{
    public static PipelineOptions Default { get; } = new(RouteClasses.None, new HashSet<WalletAddress>());
}

/// <summary>A reply, and the proof to sign it for once that proof verified; null before.</summary>
/// <param name="Wrote">The store changed: said even if the answer cannot be signed.</param>
internal sealed record Outcome(Reply Reply, Proof? SignFor = null, bool Wrote = false)
{
    public static Outcome Refused(ApiRefusal refusal, Proof? signFor = null) => new(Reply.Error(refusal), signFor);

    public static Outcome Refused(ApiError error, string message, Proof? signFor = null) => Refused(new ApiRefusal(error, message), signFor);
}
