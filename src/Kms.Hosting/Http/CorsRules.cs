using Microsoft.AspNetCore.Http;

namespace Kms.Hosting.Http;

/// <summary>Cross-origin answers for the origins that the configuration lists; with none listed, CORS does not exist.</summary>
internal sealed class CorsRules(IEnumerable<string> origins)
{
    private const string ExposedHeaders = "X-KMS-Response-Signature, X-KMS-Response-Signature-2, Retry-After";
    private readonly HashSet<string> _origins = new(origins, StringComparer.Ordinal);

    /// <summary>Writes the headers for a listed origin. True when the request was a preflight and is answered.</summary>
    public bool Apply(HttpContext context)
    {
        if (_origins.Count == 0)
        {
            return false;
        }

        var response = context.Response.Headers;
        response.Vary = "Origin";
        var origin = context.Request.Headers.Origin;
        if (origin.Count != 1 || !_origins.Contains(origin[0]!))
        {
            return false;
        }

        response.AccessControlAllowOrigin = origin;
        response.AccessControlExposeHeaders = ExposedHeaders;
        if (!HttpMethods.IsOptions(context.Request.Method) || context.Request.Headers.AccessControlRequestMethod.Count == 0)
        {
            return false;
        }

        response.AccessControlAllowMethods = "GET, PUT, POST, DELETE";
        var asked = context.Request.Headers.AccessControlRequestHeaders;
        if (asked.All(IsWritable))
        {
            response.AccessControlAllowHeaders = asked;
        }

        response.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }

    // Kestrel takes UTF-8 in a request's headers, and throws where an answer's are not visible ASCII. No header has such a name.
    private static bool IsWritable(string? value) => value is not null && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
