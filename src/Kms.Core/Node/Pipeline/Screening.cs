using Kms.Core.Authentication;
using Kms.Core.Node.Api;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Pipeline;

/// <summary>What is refused before anybody is authenticated: the shape of target, headers and body.</summary>
internal static class Screening
{
    public static Result<Route, ApiRefusal> Screen(KmsRequest request)
    {
        var parsed = Route.Parse(request.Method, request.Target);
        return parsed.TryGet(out var route) && (CheckHeaders(request.Headers) ?? CheckBody(request, route)) is { } refusal
            ? Result<Route, ApiRefusal>.Fail(refusal)
            : parsed;
    }

    private static ApiRefusal? CheckHeaders(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        if (headers.Count > Limits.MaxHeaders)
        {
            return new ApiRefusal(ApiError.BadRequest, $"more than {Limits.MaxHeaders} headers");
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers)
        {
            if (value.Length > Limits.MaxHeaderValueBytes)
            {
                return new ApiRefusal(ApiError.BadRequest, $"a header over {Limits.MaxHeaderValueBytes} bytes");
            }

            // Which of two values was signed, and which would be read? Neither: refused (design §7). What balancers add, and may
            // add twice, is nobody's proof and is not read.
            if ((ProofScheme.App.Owns(name) || ProofScheme.Peer.Owns(name)) && !seen.Add(name))
            {
                return new ApiRefusal(ApiError.RepeatedHeader, "an x-app- or x-kms- header is given twice");
            }

            if (string.Equals(name, "Content-Encoding", StringComparison.OrdinalIgnoreCase))
            {
                return new ApiRefusal(ApiError.ContentEncoding, "bodies are taken as they are: no Content-Encoding");
            }
        }

        return null;
    }

    private static ApiRefusal? CheckBody(KmsRequest request, Route route)
    {
        int limit = Route.MaxBodyBytes(request.Target);
        if (request.Body.Length > limit)
        {
            return new ApiRefusal(ApiError.BodyTooLarge, $"the body is over {limit} bytes");
        }

        bool takesBody = route.TakesEnvelope || route.Kind == RouteKind.Sync;
        return takesBody || request.Body.IsEmpty ? null : new ApiRefusal(ApiError.BadRequest, "this route takes no body");
    }
}
