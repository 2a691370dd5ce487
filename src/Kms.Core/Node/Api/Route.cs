using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using Kms.Core.Authentication;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Api;

/// <summary>A request's route with what its target carries.</summary>
/// <param name="DataKey">The key that a read names; null lists.</param>
internal sealed record Route(RouteKind Kind, string? DataKey = null)
{
    private const string DataPath = "/kms/data";
    private const string DataKeyPrefix = "/kms/data/";
    private const string KeyParameter = "key=";

    /// <summary>Reads carry no body; writes and derive carry an envelope.</summary>
    public bool TakesEnvelope => Kind is RouteKind.Derive or RouteKind.DataPut or RouteKind.DataDelete;

    public RouteClasses Class => Kind switch
    {
        RouteKind.Derive => RouteClasses.Derive,
        RouteKind.DataRead => RouteClasses.Read,
        RouteKind.DataPut or RouteKind.DataDelete => RouteClasses.Write,
        _ => RouteClasses.None,
    };

    /// <summary>The body limit of a route in bytes, for hosts that count while they read.</summary>
    public static int MaxBodyBytes(string target) => PathOf(target) == "/sync" ? Limits.MaxSyncBodyBytes : Limits.MaxBodyBytes;

    /// <summary>Methods and paths are compared as sent: nothing is normalised, so nothing is ambiguous.</summary>
    public static Result<Route, ApiRefusal> Parse(string method, string target)
    {
        if (!TargetGrammar.IsAcceptable(target))
        {
            return BadTarget("the target is not a path with an optional query");
        }

        var path = PathOf(target);
        if (AllowedMethods(path) is not { } allowed)
        {
            return Refused(new ApiRefusal(ApiError.UnknownRoute, "there is no such route"));
        }

        if (!allowed.Split(", ").Contains(method, StringComparer.Ordinal))
        {
            return Refused(new ApiRefusal(ApiError.MethodNotAllowed, "this route does not take that method") { Allow = allowed });
        }

        bool isData = path == DataPath || path.StartsWith(DataKeyPrefix, StringComparison.Ordinal);
        return isData ? ParseData(method, path, target) : ParsePlain(path, target);
    }

    private static string? AllowedMethods(string path) => path switch
    {
        "/" or "/health" or "/status" or "/nonce" or "/nodes" => "GET",
        "/kms/derive" or "/sync" => "POST",
        DataPath => "GET, PUT, DELETE",
        _ => path.StartsWith(DataKeyPrefix, StringComparison.Ordinal) ? "GET" : null,
    };

    private static Result<Route, ApiRefusal> ParsePlain(string path, string target)
    {
        var route = new Route(path switch
        {
            "/" => RouteKind.Index,
            "/health" => RouteKind.Health,
            "/status" => RouteKind.Status,
            "/nonce" => RouteKind.Nonce,
            "/nodes" => RouteKind.Nodes,
            "/kms/derive" => RouteKind.Derive,
            _ => RouteKind.Sync,
        });

        // Public reads tolerate a query (cache busters of health checks); routes that act do not.
        bool acts = route.Kind is RouteKind.Derive or RouteKind.Sync;
        return acts && target.Length != path.Length ? BadTarget("this route takes no query") : Parsed(route);
    }

    private static Result<Route, ApiRefusal> ParseData(string method, string path, string target)
    {
        var query = target.Length == path.Length ? null : target[(path.Length + 1)..];
        if (method != "GET")
        {
            return query is null ? Parsed(new Route(method == "PUT" ? RouteKind.DataPut : RouteKind.DataDelete)) : BadTarget("this route takes no query");
        }

        if (path.Length > DataPath.Length)
        {
            return query is null ? ParseKey(path[DataKeyPrefix.Length..]) : BadTarget("a key in the path leaves no room for a query");
        }

        if (query is null)
        {
            return Parsed(new Route(RouteKind.DataRead));
        }

        bool isKey = query.StartsWith(KeyParameter, StringComparison.Ordinal) && !query.AsSpan(KeyParameter.Length).ContainsAny('&', '=');
        return isKey ? ParseKey(query[KeyParameter.Length..]) : BadTarget("the only query parameter is key, once");
    }

    private static Result<Route, ApiRefusal> ParseKey(string encoded) =>
        TryUnescape(encoded, out var key) ? Parsed(new Route(RouteKind.DataRead, key)) : BadTarget("the key's escapes are not valid UTF-8");

    private static Result<Route, ApiRefusal> Parsed(Route route) => Result<Route, ApiRefusal>.Ok(route);

    private static Result<Route, ApiRefusal> Refused(ApiRefusal why) => Result<Route, ApiRefusal>.Fail(why);

    private static Result<Route, ApiRefusal> BadTarget(string message) => Refused(new ApiRefusal(ApiError.BadTarget, message));

    private static string PathOf(string target)
    {
        int query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? target : target[..query];
    }

    private static bool TryUnescape(string encoded, [NotNullWhen(true)] out string? text)
    {
        var bytes = new byte[encoded.Length];
        int length = 0;
        for (int i = 0; i < encoded.Length; i++)
        {
            // The grammar was checked: ASCII, whole escapes. A space is + in path and query, as the platform's client writes it
            // (form encoding); a plus is %2B. No v2 target holds a +.
            bytes[length++] = encoded[i] switch
            {
                '%' => (byte)((Digit(encoded[++i]) << 4) | Digit(encoded[++i])),
                '+' => (byte)' ',
                var plain => (byte)plain,
            };
        }

        text = Utf8.IsValid(bytes.AsSpan(0, length)) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
        return text is not null;
    }

    private static int Digit(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

/// <summary>The routes of design §7.</summary>
internal enum RouteKind
{
    Index,
    Health,
    Status,
    Nonce,
    Nodes,
    Derive,
    DataRead,
    DataPut,
    DataDelete,
    Sync,
}

/// <summary>Classes of app routes for which v2 proofs can be required. <c>/sync</c> takes v2 only in any case.</summary>
[Flags]
public enum RouteClasses
{
    None = 0,

    /// <summary><c>POST /kms/derive</c>.</summary>
    Derive = 1,

    /// <summary><c>GET /kms/data…</c>.</summary>
    Read = 2,

    /// <summary><c>PUT</c> and <c>DELETE /kms/data</c>.</summary>
    Write = 4,
}
