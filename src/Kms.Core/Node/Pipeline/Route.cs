using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using Kms.Core.Authentication;

namespace Kms.Core.Node.Pipeline;

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
    public static bool TryParse(string method, string target, [NotNullWhen(true)] out Route? route, [NotNullWhen(false)] out ApiRefusal? refusal)
    {
        route = null;
        if (!TargetGrammar.IsAcceptable(target))
        {
            refusal = new ApiRefusal(ApiError.BadTarget, "the target is not a path with an optional query");
            return false;
        }

        var path = PathOf(target);
        bool isData = path == DataPath || path.StartsWith(DataKeyPrefix, StringComparison.Ordinal);
        var allowed = AllowedMethods(path);
        if (allowed is null)
        {
            refusal = new ApiRefusal(ApiError.UnknownRoute, "there is no such route");
            return false;
        }

        if (!allowed.Split(", ").Contains(method, StringComparer.Ordinal))
        {
            refusal = new ApiRefusal(ApiError.MethodNotAllowed, "this route does not take that method") { Allow = allowed };
            return false;
        }

        return isData
            ? TryParseData(method, path, target, out route, out refusal)
            : TryParsePlain(path, target, out route, out refusal);
    }

    private static string? AllowedMethods(string path) => path switch
    {
        "/" or "/health" or "/status" or "/nonce" or "/nodes" => "GET",
        "/kms/derive" or "/sync" => "POST",
        DataPath => "GET, PUT, DELETE",
        _ => path.StartsWith(DataKeyPrefix, StringComparison.Ordinal) ? "GET" : null,
    };

    private static bool TryParsePlain(string path, string target, [NotNullWhen(true)] out Route? route, [NotNullWhen(false)] out ApiRefusal? refusal)
    {
        route = new Route(path switch
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
        refusal = acts && target.Length != path.Length ? new ApiRefusal(ApiError.BadTarget, "this route takes no query") : null;
        return refusal is null;
    }

    private static bool TryParseData(string method, string path, string target, [NotNullWhen(true)] out Route? route, [NotNullWhen(false)] out ApiRefusal? refusal)
    {
        route = null;
        var query = target.Length == path.Length ? null : target[(path.Length + 1)..];
        if (method != "GET")
        {
            refusal = query is null ? null : new ApiRefusal(ApiError.BadTarget, "this route takes no query");
            route = refusal is null ? new Route(method == "PUT" ? RouteKind.DataPut : RouteKind.DataDelete) : null;
            return refusal is null;
        }

        string? encoded = null;
        if (path.Length > DataPath.Length)
        {
            refusal = query is null ? null : new ApiRefusal(ApiError.BadTarget, "a key in the path leaves no room for a query");
            encoded = path[DataKeyPrefix.Length..];
        }
        else if (query is null)
        {
            refusal = null;
        }
        else
        {
            bool isKey = query.StartsWith(KeyParameter, StringComparison.Ordinal) && !query.AsSpan(KeyParameter.Length).ContainsAny('&', '=');
            refusal = isKey ? null : new ApiRefusal(ApiError.BadTarget, "the only query parameter is key, once");
            encoded = isKey ? query[KeyParameter.Length..] : null;
        }

        if (refusal is not null)
        {
            return false;
        }

        if (encoded is null)
        {
            route = new Route(RouteKind.DataRead);
            return true;
        }

        if (!TryUnescape(encoded, out var key))
        {
            refusal = new ApiRefusal(ApiError.BadTarget, "the key's escapes are not valid UTF-8");
            return false;
        }

        route = new Route(RouteKind.DataRead, key);
        return true;
    }

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
